package postern.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import postern.cf.Configuration;
import postern.text.Macros;

/** The hooks of one outgoing connection. */
final class RelaySession implements RelayPolicy {
  private final CompiledPolicy policy;
  private final Configuration configuration;
  private final Checks checks;
  private final SessionMacros macros;
  private String name = "";
  private String address = "";

  RelaySession(CompiledPolicy policy) {
    this.policy = policy;
    configuration = policy.configuration();
    checks = new Checks(policy, RuleFault::putOff);
    macros =
        new SessionMacros(
            configuration.program().names(), new Macros(configuration.program().macros()));
  }

  @Override
  public boolean mayBlock() {
    return policy.mayBlock();
  }

  @Override
  public void message(OutgoingMail mail) {
    macros
        .set("i", mail.id())
        .set("f", mail.sender())
        .set("g", mail.sender())
        .set("h", mail.host())
        .set("u", mail.user())
        .set("msg_size", Long.toString(mail.size()))
        .set("envid", mail.envid())
        .set("ntries", mail.tries())
        .set("addr_type", "e s"); // left by the sender, which was rewritten last
  }

  @Override
  public String clientFeatures(String host) {
    macros.set("server_name", host);
    String[] words = checks.capability("clt_features", host, "", macros.scope());
    if (words == null) {
      return "";
    }
    StringBuilder letters = new StringBuilder();
    for (String word : words) {
      if (word.toLowerCase(java.util.Locale.ROOT).startsWith("temp")) {
        return word;
      }
      if (word.length() == 1 && Character.isLetter(word.charAt(0))) {
        letters.append(word);
      }
    }
    return letters.toString();
  }

  @Override
  public void connected(String serverName, String serverAddress) {
    name = serverName;
    address = serverAddress;
    macros.set("server_name", serverName).set("server_addr", serverAddress);
    macros.tls(TlsFacts.NONE, true);
    macros.set("auth_type", "").set("auth_ssf", "").set("auth_authen", "");
  }

  @Override
  public Verdict tryTls() {
    return checks.check("try_tls", name, null, macros.scope(), true, "");
  }

  @Override
  public TlsFeatures tlsFeatures() {
    return FeatureLists.tls(checks.text("tls_clt_features", name, address, macros.scope()));
  }

  @Override
  public Verdict tlsServer(TlsFacts facts) {
    macros.tls(facts, configuration.options().string("CertFingerprintAlgorithm").isEmpty());
    return policy.soft(
        checks.check("tls_server", facts.verify().text(), null, macros.scope(), true, ""));
  }

  @Override
  public Verdict tlsRcpt(String recipient) {
    macros.set("rcpt_addr", recipient);
    return policy.soft(
        checks.check("tls_rcpt", recipient, null, macros.scope(), true, "<" + recipient + ">"));
  }

  @Override
  public AuthInfo authInfo() {
    if (checks.defines("authinfo")) {
      return AuthInfo.of(checks.capability("authinfo", name, address, macros.scope()));
    }
    String file = configuration.options().string("DefaultAuthInfo");
    if (file.isEmpty()) {
      return AuthInfo.NONE;
    }
    try {
      Path path = Path.of(file);
      if (Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ)) {
        return AuthInfo.TEMPORARY; // a secret that everybody can read is none
      }
      return AuthInfo.ofLines(Files.readAllLines(path, StandardCharsets.UTF_8));
    } catch (IOException | UnsupportedOperationException e) {
      return AuthInfo.TEMPORARY;
    }
  }

  @Override
  public void authenticated(String mechanism, String user) {
    macros.set("auth_type", mechanism).set("auth_authen", user);
  }

  @Override
  public String macro(String macro) {
    return macros.get(macro);
  }
}
