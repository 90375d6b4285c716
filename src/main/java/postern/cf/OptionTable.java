package postern.cf;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All options by name and letter, in sendmail's order (which decides what an ambiguity names). */
public final class OptionTable {
  private OptionTable() {}

  // name, letter or '-', kind: b i o W d h m s S x M T w K
  private static final String TABLE =
      """
      SevenBitInput 7 b
      EightBitMode 8 S
      AliasFile A S
      AliasWait a m
      BlankSub B S
      MinFreeBlocks b i
      CheckpointInterval C i
      HoldExpensive c b
      DeliveryMode d S
      ErrorHeader E S
      ErrorMode e S
      TempFileMode F o
      SaveFromLine f b
      MatchGECOS G b
      HelpFile H S
      MaxHopCount h i
      ResolverOptions I w
      IgnoreDots i b
      ForwardPath J S
      SendMimeErrors j b
      ConnectionCacheSize k i
      ConnectionCacheTimeout K m
      UseErrorsTo l b
      LogLevel L i
      MeToo m b
      CheckAliases n b
      OldStyleHeaders o b
      DaemonPortOptions O K
      PrivacyOptions p w
      PostmasterCopy P S
      QueueFactor q i
      QueueDirectory Q S
      DontPruneRoutes R b
      Timeout r T
      StatusFile S S
      SuperSafe s S
      QueueTimeout T S
      TimeZoneSpec t S
      UserDatabaseSpec U S
      DefaultUser u S
      FallbackMXhost V S
      Verbose v b
      TryNullMXList w b
      QueueLA x i
      RefuseLA X i
      RecipientFactor y i
      ForkEachJob Y b
      ClassFactor z i
      RetryFactor Z i
      QueueSortOrder - S
      HostsFile - S
      MinQueueAge - m
      DefaultCharSet - S
      ServiceSwitchFile - S
      DialDelay - s
      NoRecipientAction - S
      SafeFileEnvironment - S
      MaxMessageSize - i
      ColonOkInAddr - b
      MaxQueueRunSize - i
      MaxDaemonChildren - i
      DontExpandCnames - b
      MustQuoteChars - S
      SmtpGreetingMessage - M
      UnixFromLine - M
      OperatorChars - M
      DontInitGroups - b
      SingleLineFromHeader - b
      AllowBogusHELO - b
      ConnectionRateThrottle - i
      UnsafeGroupWrites - b
      DoubleBounceAddress - S
      HostStatusDirectory - S
      SingleThreadDelivery - b
      RunAsUser - S
      RrtImpliesDsn - b
      PidFile - S
      DontBlameSendmail - w
      DontProbeInterfaces - S
      MaxRecipientsPerMessage - i
      DeadLetterDrop - S
      MaxAliasRecursion - i
      ConnectOnlyTo - S
      TrustedUser - S
      MaxMimeHeaderLength - S
      ControlSocketName - S
      MaxHeadersLength - i
      ProcessTitlePrefix - S
      DefaultAuthInfo - S
      AuthMechanisms - S
      ClientPortOptions - K
      DataFileBufferSize - i
      XscriptFileBufferSize - i
      LDAPDefaultSpec - S
      ServerCertFile - x
      ServerKeyFile - x
      ClientCertFile - x
      ClientKeyFile - x
      CACertFile - x
      CACertPath - x
      DHParameters - x
      InputMailFilters - S
      Milter - S
      AuthOptions - w
      QueueFileMode - o
      CertFingerprintAlgorithm - x
      CipherList - x
      RandFile - S
      TLSSrvOptions - w
      BadRcptThrottle - i
      DeliverByMin - s
      MaxQueueChildren - i
      MaxRunnersPerQueue - i
      DirectSubmissionModifiers - S
      NiceQueueRun - i
      SharedMemoryKey - i
      AuthMaxBits - i
      MailboxDatabase - S
      UseMSP - b
      DelayLA - i
      FastSplit - i
      SoftBounce - b
      SharedMemoryKeyFile - x
      RejectLogInterval - h
      RequiresDirfsync - b
      ConnectionRateWindowSize - s
      CRLFile - x
      FallbackSmartHost - S
      AuthRealm - S
      CRLPath - x
      HeloName - S
      MaxNOOPCommands - i
      BadRcptShutdown - i
      BadRcptShutdownGood - i
      ServerSSLOptions - w
      ClientSSLOptions - w
      MaxQueueAge - m
      RejectNUL - b
      UseCompressedIPv6Addresses - b
      SSLEngine - S
      SSLEnginePath - x
      TLSFallbacktoClear - b
      SetCertAltnames - b
      SmtpUTF8 - b
      StrictTransportSecurity - b
      CipherSuites - x
      """;

  // Options of our own: known by their full names only, so that sendmail's abbreviations mean what
  // they mean to sendmail.
  private static final String OWN_TABLE =
      """
      TLSEngine - S
      TLSMissingCRL - S
      AuthPasswordFile - x
      MinDataRate - i
      MaxConnectionsPerClient - i
      ProxyNetworks - w
      XClientNetworks - w
      RequireTLS - b
      MetricsPort - i
      LocalDelivery - S
      MapTextFallback - b
      """;

  private static final List<Option> SENDMAIL = read(TABLE);

  /** All options. */
  public static final List<Option> OPTIONS = all();

  /** Names of {@code Timeout} sub-options, lower case, and their default units. */
  static final Map<String, Option.Kind> TIMEOUTS = timeouts();

  private static List<Option> all() {
    List<Option> options = new ArrayList<>(SENDMAIL);
    options.addAll(read(OWN_TABLE));
    return List.copyOf(options);
  }

  private static List<Option> read(String table) {
    List<Option> options = new ArrayList<>();
    for (String line : table.strip().split("\n", -1)) {
      String[] part = line.split(" ", -1);
      Option.Kind kind =
          switch (part[2]) {
            case "b" -> Option.Kind.BOOLEAN;
            case "i" -> Option.Kind.INTEGER;
            case "o" -> Option.Kind.OCTAL;
            case "d" -> Option.Kind.DAYS;
            case "h" -> Option.Kind.HOURS;
            case "m" -> Option.Kind.MINUTES;
            case "s" -> Option.Kind.SECONDS;
            case "x" -> Option.Kind.EXPANDED;
            case "M" -> Option.Kind.MUNCHED;
            case "T" -> Option.Kind.TIMEOUTS;
            case "w" -> Option.Kind.WORDS;
            case "K" -> Option.Kind.STRUCTURED;
            default -> Option.Kind.STRING;
          };
      options.add(new Option(part[0], part[1].equals("-") ? 0 : part[1].charAt(0), kind));
    }
    return List.copyOf(options);
  }

  private static Map<String, Option.Kind> timeouts() {
    Map<String, Option.Kind> map = new java.util.LinkedHashMap<>();
    for (String name :
        ("initial mail rcpt datainit datablock datafinal command rset helo quit misc ident fileopen"
                + " connect")
            .split(" ", -1)) {
      map.put(name, Option.Kind.MINUTES);
    }
    for (String suffix : List.of("", ".normal", ".urgent", ".non-urgent", ".dsn")) {
      map.put("queuereturn" + suffix, Option.Kind.DAYS);
      map.put("queuewarn" + suffix, Option.Kind.HOURS);
    }
    map.put("queuereturn.*", Option.Kind.DAYS);
    map.put("queuewarn.*", Option.Kind.HOURS);
    for (String name : "iconnect aconnect hoststatus control lhlo auth starttls".split(" ", -1)) {
      map.put(name, Option.Kind.MINUTES);
    }
    for (String suffix : List.of("", ".first", ".normal")) {
      map.put("resolver.retrans" + suffix, Option.Kind.SECONDS);
      map.put("resolver.retry" + suffix, Option.Kind.INTEGER);
    }
    return Map.copyOf(map);
  }

  /** The option with one-character name {@code letter}, or null. */
  static @Nullable Option byLetter(char letter) {
    for (Option option : OPTIONS) {
      if (option.letter() != 0 && option.letter() == letter) {
        return option;
      }
    }
    return null;
  }

  /** The option called exactly {@code name} in any case, or null. */
  static @Nullable Option byName(String name) {
    for (Option option : OPTIONS) {
      if (option.name().equalsIgnoreCase(name)) {
        return option;
      }
    }
    return null;
  }

  /** Options of sendmail whose names begin with {@code prefix}, in table order. */
  static List<Option> byPrefix(String prefix) {
    String lower = prefix.toLowerCase(Locale.ROOT);
    return SENDMAIL.stream()
        .filter(o -> o.name().toLowerCase(Locale.ROOT).startsWith(lower))
        .toList();
  }
}
