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
      HoldExpensive c b
      CheckpointInterval C i
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
      MinFreeBlocks b i
      MaxMessageSize - i
      ColonOkInAddr - b
      MaxDaemonChildren - i
      ConnectionRateThrottle - i
      NoRecipientAction - S
      QueueSortOrder - S
      MinQueueAge - m
      MaxQueueAge - m
      DialDelay - s
      HostsFile - S
      MaxQueueRunSize - i
      OperatorChars - M
      UnixFromLine - M
      SmtpGreetingMessage - M
      DontExpandCnames - b
      DoubleBounceAddress - S
      HostStatusDirectory - S
      SingleThreadDelivery - b
      RunAsUser - S
      DefaultCharSet - S
      ServiceSwitchFile - S
      SafeFileEnvironment - S
      MaxRecipientsPerMessage - i
      DontBlameSendmail - w
      AllowBogusHELO - b
      DontInitGroups - b
      SingleLineFromHeader - b
      MustQuoteChars - S
      RrtImpliesDsn - b
      PidFile - S
      TrustedUser - S
      MaxMimeHeaderLength - S
      ControlSocketName - S
      MaxHeadersLength - i
      MaxAliasRecursion - i
      ProcessTitlePrefix - S
      DefaultAuthInfo - S
      AuthMechanisms - S
      AuthRealm - S
      ClientPortOptions - K
      DataFileBufferSize - i
      XscriptFileBufferSize - i
      AuthOptions - w
      FastSplit - i
      DeadLetterDrop - S
      DontProbeInterfaces - S
      ServerCertFile - x
      ServerKeyFile - x
      ClientCertFile - x
      ClientKeyFile - x
      CACertFile - x
      CACertPath - x
      DHParameters - x
      RandFile - S
      CipherList - x
      CipherSuites - x
      ServerSSLOptions - w
      ClientSSLOptions - w
      TLSSrvOptions - w
      CertFingerprintAlgorithm - x
      CRLFile - x
      CRLPath - x
      SSLEngine - S
      SSLEnginePath - x
      TLSFallbacktoClear - b
      SetCertAltnames - b
      InputMailFilters - S
      Milter - S
      QueueFileMode - o
      BadRcptThrottle - i
      BadRcptShutdown - i
      BadRcptShutdownGood - i
      DeliverByMin - s
      MaxQueueChildren - i
      MaxRunnersPerQueue - i
      NiceQueueRun - i
      SharedMemoryKey - i
      SharedMemoryKeyFile - x
      AuthMaxBits - i
      DirectSubmissionModifiers - S
      MailboxDatabase - S
      UseMSP - b
      DelayLA - i
      FallbackSmartHost - S
      HeloName - S
      ConnectionRateWindowSize - s
      SoftBounce - b
      RejectLogInterval - h
      RequiresDirfsync - b
      LDAPDefaultSpec - S
      ConnectOnlyTo - S
      MaxNOOPCommands - i
      UnsafeGroupWrites - b
      RejectNUL - b
      UseCompressedIPv6Addresses - b
      StrictTransportSecurity - b
      SmtpUTF8 - b
      TLSEngine - S
      MissingCRL - S
      RequireTLS - b
      MetricsPort - i
      """;

  /** All options. */
  public static final List<Option> OPTIONS = read();

  /** Names of {@code Timeout} sub-options, lower case, and their default units. */
  static final Map<String, Option.Kind> TIMEOUTS = timeouts();

  private static List<Option> read() {
    List<Option> options = new ArrayList<>();
    for (String line : TABLE.split("\n")) {
      String[] part = line.split(" ");
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
            .split(" ")) {
      map.put(name, Option.Kind.MINUTES);
    }
    for (String suffix : List.of("", ".normal", ".urgent", ".non-urgent", ".dsn")) {
      map.put("queuereturn" + suffix, Option.Kind.DAYS);
      map.put("queuewarn" + suffix, Option.Kind.HOURS);
    }
    for (String name : "iconnect aconnect hoststatus control lhlo auth starttls".split(" ")) {
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

  /** Options whose names begin with {@code prefix}, in table order. */
  static List<Option> byPrefix(String prefix) {
    String lower = prefix.toLowerCase(Locale.ROOT);
    return OPTIONS.stream()
        .filter(o -> o.name().toLowerCase(Locale.ROOT).startsWith(lower))
        .toList();
  }
}
