package postern.offline.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import postern.cf.Option;
import postern.cf.OptionTable;
import postern.source.SourceText;
import postern.source.Span;

/** Options that are set and change nothing here. */
final class OptionLints {
  private static final Pattern LINE = Pattern.compile("O\\s+([A-Za-z0-9]+)(?:\\.[A-Za-z]+)?\\s*=");

  /** Options that something in this program asks for. OptionLintsTest holds it to the sources. */
  static final Set<String> USED =
      Set.of(
          "AllowBogusHELO",
          "AuthMechanisms",
          "AuthOptions",
          "AuthPasswordFile",
          "AuthRealm",
          "FallbackMXhost",
          "FallbackSmartHost",
          "MaxConnectionsPerClient",
          "MetricsPort",
          "MinDataRate",
          "ProxyNetworks",
          "RequireTLS",
          "XClientNetworks",
          "DeliverByMin",
          "TLSMissingCRL",
          "BadRcptShutdown",
          "BadRcptThrottle",
          "BlankSub",
          "CACertFile",
          "CACertPath",
          "CRLFile",
          "CRLPath",
          "CertFingerprintAlgorithm",
          "CipherList",
          "CipherSuites",
          "ClientCertFile",
          "ClientKeyFile",
          "ClientSSLOptions",
          "ColonOkInAddr",
          "ConnectionRateThrottle",
          "ConnectionRateWindowSize",
          "DHParameters",
          "DaemonPortOptions",
          "DeliveryMode",
          "DontBlameSendmail",
          "DontProbeInterfaces",
          "DoubleBounceAddress",
          "HeloName",
          "HostsFile",
          "MaxDaemonChildren",
          "MaxHeadersLength",
          "MaxHopCount",
          "MaxMessageSize",
          "MaxNOOPCommands",
          "MaxQueueAge",
          "MaxRecipientsPerMessage",
          "MinQueueAge",
          "MustQuoteChars",
          "OperatorChars",
          "PrivacyOptions",
          "QueueDirectory",
          "QueueTimeout",
          "RejectNUL",
          "ServerCertFile",
          "ServerKeyFile",
          "ServerSSLOptions",
          "ServiceSwitchFile",
          "SetCertAltnames",
          "SmtpGreetingMessage",
          "SmtpUTF8",
          "TLSEngine",
          "TLSFallbacktoClear",
          "TLSSrvOptions",
          "Timeout",
          "Verbose");

  /** Options whose users count on protection. */
  private static final Set<String> PROTECTION =
      Set.of("InputMailFilters", "Milter", "StrictTransportSecurity", "ConnectOnlyTo");

  private OptionLints() {}

  static List<Finding> of(SourceText text) {
    List<Finding> findings = new ArrayList<>();
    for (int number = 1; number <= text.lineStarts().size(); number++) {
      Matcher line = LINE.matcher(text.line(number));
      if (!line.lookingAt()) {
        continue;
      }
      String name = known(line.group(1));
      if (!name.isEmpty() && !USED.contains(name)) {
        boolean protects = PROTECTION.contains(name);
        findings.add(
            Finding.of(
                protects ? LintCode.UNKEPT_OPTION : LintCode.UNUSED_OPTION,
                text.name(),
                new Span(number, line.start(1) + 1, line.group(1).length()),
                protects
                    ? "option %s is known but not kept to: what it promises does not happen"
                        .formatted(name)
                    : "option %s is known and changes nothing here".formatted(name)));
      }
    }
    return findings;
  }

  private static String known(String name) {
    for (Option option : OptionTable.OPTIONS) {
      if (option.name().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
        return option.name();
      }
    }
    return "";
  }
}
