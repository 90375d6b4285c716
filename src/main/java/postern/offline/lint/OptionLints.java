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
  private static final Pattern LINE =
      Pattern.compile("O\\s+([A-Za-z0-9]+)(?:\\.([A-Za-z.-]+))?\\s*=");

  /** Options that something in this program asks for. OptionLintsTest holds it to the sources. */
  static final Set<String> USED =
      Set.of(
          "AllowBogusHELO",
          "AuthMechanisms",
          "AuthOptions",
          "AuthPasswordFile",
          "AuthRealm",
          "BadRcptShutdown",
          "BadRcptShutdownGood",
          "BadRcptThrottle",
          "BlankSub",
          "CACertFile",
          "CACertPath",
          "CertFingerprintAlgorithm",
          "CipherList",
          "CipherSuites",
          "ClassFactor",
          "ClientCertFile",
          "ClientKeyFile",
          "ClientPortOptions",
          "ClientSSLOptions",
          "ColonOkInAddr",
          "ConnectionCacheSize",
          "ConnectionCacheTimeout",
          "ConnectionRateThrottle",
          "ConnectionRateWindowSize",
          "CRLFile",
          "CRLPath",
          "DaemonPortOptions",
          "DefaultAuthInfo",
          "DefaultUser",
          "DelayLA",
          "DeliverByMin",
          "DeliveryMode",
          "DHParameters",
          "DontBlameSendmail",
          "DontProbeInterfaces",
          "DoubleBounceAddress",
          "EightBitMode",
          "FallbackMXhost",
          "FallbackSmartHost",
          "HeloName",
          "HostsFile",
          "LocalDelivery",
          "MapTextFallback",
          "MaxConnectionsPerClient",
          "MaxDaemonChildren",
          "MaxHeadersLength",
          "MaxHopCount",
          "MaxMessageSize",
          "MaxNOOPCommands",
          "MaxQueueAge",
          "MaxRecipientsPerMessage",
          "MetricsPort",
          "MinDataRate",
          "MinFreeBlocks",
          "MinQueueAge",
          "MustQuoteChars",
          "OperatorChars",
          "PrivacyOptions",
          "ProxyNetworks",
          "QueueDirectory",
          "QueueLA",
          "QueueSortOrder",
          "QueueTimeout",
          "RecipientFactor",
          "RefuseLA",
          "RejectNUL",
          "RequireTLS",
          "RetryFactor",
          "SafeFileEnvironment",
          "ServerCertFile",
          "ServerKeyFile",
          "ServerSSLOptions",
          "ServiceSwitchFile",
          "SetCertAltnames",
          "SmtpGreetingMessage",
          "SmtpUTF8",
          "SoftBounce",
          "Timeout",
          "TLSEngine",
          "TLSFallbacktoClear",
          "TLSMissingCRL",
          "TLSSrvOptions",
          "Verbose",
          "XClientNetworks");

  /** Of {@code Timeout}, those that limit nothing here. */
  static final Set<String> UNUSED_TIMEOUTS =
      Set.of("misc", "ident", "fileopen", "hoststatus", "control");

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
      String sub = line.group(2);
      if (name.equals("Timeout")
          && sub != null
          && UNUSED_TIMEOUTS.contains(sub.toLowerCase(Locale.ROOT))) {
        findings.add(
            Finding.of(
                LintCode.UNUSED_OPTION,
                text.name(),
                new Span(number, line.start(2) + 1, sub.length()),
                "Timeout.%s is known and limits nothing here".formatted(sub)));
      }
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
