package postern.tls;

import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Our certificates for the JDK's engine, chosen by key type alone: whether the peer lists our CA is
 * the peer's affair, as it is with OpenSSL. An alias is the position in the list.
 */
final class Identities extends X509ExtendedKeyManager {
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Entry(String algorithm, PrivateKey key, X509Certificate[] chain) {}

  private final List<Entry> entries = new ArrayList<>();

  Identities(List<KeyPairFile> files) throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    for (KeyPairFile file : files) {
      List<X509Certificate> chain = new ArrayList<>();
      for (byte[] der : file.chain()) {
        chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
      }
      entries.add(
          new Entry(file.algorithm(), file.privateKey(), chain.toArray(X509Certificate[]::new)));
    }
  }

  private @Nullable String choose(String... types) {
    for (String type : types) {
      for (int i = 0; i < entries.size(); i++) {
        String algorithm = entries.get(i).algorithm;
        // TLS 1.2 names some key types by how they are used: EC_EC, DHE_RSA.
        if (type.equals(algorithm) || type.startsWith(algorithm + "_")) {
          return Integer.toString(i);
        }
      }
    }
    return null;
  }

  private @Nullable Entry entry(String alias) {
    for (int i = 0; i < entries.size(); i++) {
      if (Integer.toString(i).equals(alias)) {
        return entries.get(i);
      }
    }
    return null;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String type, Principal @Nullable [] issuers, SSLEngine engine) {
    return choose(type);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
    return choose(types);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return choose(type);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return choose(types);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    Entry entry = entry(alias);
    return entry == null ? null : entry.chain.clone();
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    Entry entry = entry(alias);
    return entry == null ? null : entry.key;
  }

  @Override
  public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
    String alias = choose(type);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
    return getServerAliases(type, issuers);
  }
}
