import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.FileInputStream;
import java.io.InputStream;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Properties;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** One message by Angus Mail: PORT SENDER RECIPIENT SUBJECT TLS KEYSTORE (the last two may be empty). */
public class Send {
  public static void main(String[] args) throws Exception {
    Properties p = new Properties();
    p.put("mail.smtp.host", "127.0.0.1");
    p.put("mail.smtp.port", args[0]);
    p.put("mail.smtp.localhost", "client.interop.test");
    if (!args[4].isEmpty()) {
      p.put("mail.smtp.starttls.enable", "true");
      p.put("mail.smtp.starttls.required", "true");
      p.put("mail.smtp.ssl.checkserveridentity", "false");
      p.put("mail.smtp.ssl.protocols", "TLSv" + args[4]);
      p.put("mail.smtp.ssl.socketFactory", context(args[5]).getSocketFactory());
    }
    MimeMessage message = new MimeMessage(Session.getInstance(p));
    message.setFrom(new InternetAddress(args[1]));
    message.setRecipient(Message.RecipientType.TO, new InternetAddress(args[2]));
    message.setSubject(args[3]);
    message.setText(".\ntext\n");
    Transport.send(message);
  }

  private static SSLContext context(String store) throws Exception {
    KeyManagerFactory keys = null;
    if (!store.isEmpty()) {
      KeyStore own = KeyStore.getInstance("PKCS12");
      try (InputStream in = new FileInputStream(store)) {
        own.load(in, "interop".toCharArray());
      }
      keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, "interop".toCharArray());
    }
    X509TrustManager any =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys == null ? null : keys.getKeyManagers(), new TrustManager[] {any}, null);
    return context;
  }
}
