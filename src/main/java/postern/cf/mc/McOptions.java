package postern.cf.mc;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import postern.cf.Spelling;

/** The option behind every {@code confNAME} that {@code .mc} files define. */
public final class McOptions {
  private McOptions() {}

  private static final String TLS =
      """
      confCACERT_PATH CACertPath
      confCACERT CACertFile
      confSERVER_CERT ServerCertFile
      confSERVER_KEY ServerKeyFile
      confCLIENT_CERT ClientCertFile
      confCLIENT_KEY ClientKeyFile
      confCRL CRLFile
      confCRL_PATH CRLPath
      confDH_PARAMETERS DHParameters
      confRAND_FILE RandFile
      confCIPHER_LIST CipherList
      confTLS_SRV_OPTIONS TLSSrvOptions
      confSERVER_SSL_OPTIONS ServerSSLOptions
      confCLIENT_SSL_OPTIONS ClientSSLOptions
      confCERT_FINGERPRINT_ALGORITHM CertFingerprintAlgorithm
      confTLS_FALLBACK_TO_CLEAR TLSFallbacktoClear
      confDANE DANE
      confSSL_ENGINE SSLEngine
      confSSL_ENGINE_PATH SSLEnginePath
      confTO_STARTTLS Timeout.starttls
      """;

  /** Postern's own names for options that sendmail's library has none for. */
  private static final String OWN =
      """
      confCIPHER_SUITES CipherSuites
      confTLS_ENGINE TLSEngine
      confTLS_MISSING_CRL TLSMissingCRL
      confAUTH_PASSWORD_FILE AuthPasswordFile
      confMETRICS_PORT MetricsPort
      confMAP_TEXT_FALLBACK MapTextFallback
      confBAD_RCPT_SHUTDOWN BadRcptShutdown
      confBAD_RCPT_SHUTDOWN_GOOD BadRcptShutdownGood
      confSET_CERT_ALTNAMES SetCertAltnames
      """;

  private static final String OTHERS =
      """
      confALIAS_WAIT AliasWait
      confALLOW_BOGUS_HELO AllowBogusHELO
      confAUTH_MAX_BITS AuthMaxBits
      confAUTH_MECHANISMS AuthMechanisms
      confAUTH_OPTIONS AuthOptions
      confAUTH_REALM AuthRealm
      confBAD_RCPT_THROTTLE BadRcptThrottle
      confBIND_OPTS ResolverOptions
      confBLANK_SUB BlankSub
      confCHECKPOINT_INTERVAL CheckpointInterval
      confCHECK_ALIASES CheckAliases
      confCOLON_OK_IN_ADDR ColonOkInAddr
      confCONNECTION_RATE_THROTTLE ConnectionRateThrottle
      confCONNECTION_RATE_WINDOW_SIZE ConnectionRateWindowSize
      confCONNECT_ONLY_TO ConnectOnlyTo
      confCONTROL_SOCKET_NAME ControlSocketName
      confCON_EXPENSIVE HoldExpensive
      confCOPY_ERRORS_TO PostmasterCopy
      confDEAD_LETTER_DROP DeadLetterDrop
      confDEF_AUTH_INFO DefaultAuthInfo
      confDEF_CHAR_SET DefaultCharSet
      confDEF_USER_ID DefaultUser
      confDELAY_LA DelayLA
      confDELIVERY_MODE DeliveryMode
      confDELIVER_BY_MIN DeliverByMin
      confDF_BUFFER_SIZE DataFileBufferSize
      confDIAL_DELAY DialDelay
      confDIRECT_SUBMISSION_MODIFIERS DirectSubmissionModifiers
      confDONT_BLAME_SENDMAIL DontBlameSendmail
      confDONT_EXPAND_CNAMES DontExpandCnames
      confDONT_INIT_GROUPS DontInitGroups
      confDONT_PROBE_INTERFACES DontProbeInterfaces
      confDONT_PRUNE_ROUTES DontPruneRoutes
      confDOUBLE_BOUNCE_ADDRESS DoubleBounceAddress
      confEIGHT_BIT_HANDLING EightBitMode
      confERROR_MESSAGE ErrorHeader
      confERROR_MODE ErrorMode
      confFALLBACK_MX FallbackMXhost
      confFALLBACK_SMARTHOST FallbackSmartHost
      confFAST_SPLIT FastSplit
      confFORWARD_PATH ForwardPath
      confFROM_LINE UnixFromLine
      confHELO_NAME HeloName
      confHOSTS_FILE HostsFile
      confHOST_STATUS_DIRECTORY HostStatusDirectory
      confIGNORE_DOTS IgnoreDots
      confINPUT_MAIL_FILTERS InputMailFilters
      confLDAP_DEFAULT_SPEC LDAPDefaultSpec
      confLOG_LEVEL LogLevel
      confMAILBOX_DATABASE MailboxDatabase
      confMATCH_GECOS MatchGECOS
      confMAX_ALIAS_RECURSION MaxAliasRecursion
      confMAX_DAEMON_CHILDREN MaxDaemonChildren
      confMAX_HEADERS_LENGTH MaxHeadersLength
      confMAX_HOP MaxHopCount
      confMAX_MESSAGE_SIZE MaxMessageSize
      confMAX_MIME_HEADER_LENGTH MaxMimeHeaderLength
      confMAX_NOOP_COMMANDS MaxNOOPCommands
      confMAX_QUEUE_AGE MaxQueueAge
      confMAX_QUEUE_CHILDREN MaxQueueChildren
      confMAX_QUEUE_RUN_SIZE MaxQueueRunSize
      confMAX_RCPTS_PER_MESSAGE MaxRecipientsPerMessage
      confMAX_RUNNERS_PER_QUEUE MaxRunnersPerQueue
      confMCI_CACHE_SIZE ConnectionCacheSize
      confMCI_CACHE_TIMEOUT ConnectionCacheTimeout
      confME_TOO MeToo
      confMILTER_LOG_LEVEL Milter.LogLevel
      confMILTER_MACROS_CONNECT Milter.macros.connect
      confMILTER_MACROS_DATA Milter.macros.data
      confMILTER_MACROS_ENVFROM Milter.macros.envfrom
      confMILTER_MACROS_ENVRCPT Milter.macros.envrcpt
      confMILTER_MACROS_EOH Milter.macros.eoh
      confMILTER_MACROS_EOM Milter.macros.eom
      confMILTER_MACROS_HELO Milter.macros.helo
      confMIME_FORMAT_ERRORS SendMimeErrors
      confMIN_FREE_BLOCKS MinFreeBlocks
      confMIN_QUEUE_AGE MinQueueAge
      confMUST_QUOTE_CHARS MustQuoteChars
      confNICE_QUEUE_RUN NiceQueueRun
      confNO_RCPT_ACTION NoRecipientAction
      confOLD_STYLE_HEADERS OldStyleHeaders
      confOPERATORS OperatorChars
      confPID_FILE PidFile
      confPRIVACY_FLAGS PrivacyOptions
      confPROCESS_TITLE_PREFIX ProcessTitlePrefix
      confQUEUE_FACTOR QueueFactor
      confQUEUE_FILE_MODE QueueFileMode
      confQUEUE_LA QueueLA
      confQUEUE_SORT_ORDER QueueSortOrder
      confREFUSE_LA RefuseLA
      confREJECT_LOG_INTERVAL RejectLogInterval
      confREJECT_NUL RejectNUL
      confREQUIRES_DIR_FSYNC RequiresDirfsync
      confRRT_IMPLIES_DSN RrtImpliesDsn
      confRUN_AS_USER RunAsUser
      confSAFE_FILE_ENV SafeFileEnvironment
      confSAFE_QUEUE SuperSafe
      confSAVE_FROM_LINES SaveFromLine
      confSEPARATE_PROC ForkEachJob
      confSERVICE_SWITCH_FILE ServiceSwitchFile
      confSEVEN_BIT_INPUT SevenBitInput
      confSHARED_MEMORY_KEY SharedMemoryKey
      confSHARED_MEMORY_KEY_FILE SharedMemoryKeyFile
      confSINGLE_LINE_FROM_HEADER SingleLineFromHeader
      confSINGLE_THREAD_DELIVERY SingleThreadDelivery
      confSMTP_LOGIN_MSG SmtpGreetingMessage
      confSOFT_BOUNCE SoftBounce
      confTEMP_FILE_MODE TempFileMode
      confTO_ACONNECT Timeout.aconnect
      confTO_AUTH Timeout.auth
      confTO_COMMAND Timeout.command
      confTO_CONNECT Timeout.connect
      confTO_CONTROL Timeout.control
      confTO_DATABLOCK Timeout.datablock
      confTO_DATAFINAL Timeout.datafinal
      confTO_DATAINIT Timeout.datainit
      confTO_FILEOPEN Timeout.fileopen
      confTO_HELO Timeout.helo
      confTO_HOSTSTATUS Timeout.hoststatus
      confTO_ICONNECT Timeout.iconnect
      confTO_IDENT Timeout.ident
      confTO_INITIAL Timeout.initial
      confTO_LHLO Timeout.lhlo
      confTO_MAIL Timeout.mail
      confTO_MISC Timeout.misc
      confTO_QUEUERETURN Timeout.queuereturn
      confTO_QUEUERETURN_DSN Timeout.queuereturn.dsn
      confTO_QUEUERETURN_NONURGENT Timeout.queuereturn.non-urgent
      confTO_QUEUERETURN_NORMAL Timeout.queuereturn.normal
      confTO_QUEUERETURN_URGENT Timeout.queuereturn.urgent
      confTO_QUEUEWARN Timeout.queuewarn
      confTO_QUEUEWARN_DSN Timeout.queuewarn.dsn
      confTO_QUEUEWARN_NONURGENT Timeout.queuewarn.non-urgent
      confTO_QUEUEWARN_NORMAL Timeout.queuewarn.normal
      confTO_QUEUEWARN_URGENT Timeout.queuewarn.urgent
      confTO_QUIT Timeout.quit
      confTO_RCPT Timeout.rcpt
      confTO_RESOLVER_RETRANS Timeout.resolver.retrans
      confTO_RESOLVER_RETRANS_FIRST Timeout.resolver.retrans.first
      confTO_RESOLVER_RETRANS_NORMAL Timeout.resolver.retrans.normal
      confTO_RESOLVER_RETRY Timeout.resolver.retry
      confTO_RESOLVER_RETRY_FIRST Timeout.resolver.retry.first
      confTO_RESOLVER_RETRY_NORMAL Timeout.resolver.retry.normal
      confTO_RSET Timeout.rset
      confTRUSTED_USER TrustedUser
      confTRY_NULL_MX_LIST TryNullMXList
      confUNSAFE_GROUP_WRITES UnsafeGroupWrites
      confUSERDB_SPEC UserDatabaseSpec
      confUSE_COMPRESSED_IPV6_ADDRESSES UseCompressedIPv6Addresses
      confUSE_ERRORS_TO UseErrorsTo
      confUSE_MSP UseMSP
      confWORK_CLASS_FACTOR ClassFactor
      confWORK_RECIPIENT_FACTOR RecipientFactor
      confWORK_TIME_FACTOR RetryFactor
      confXF_BUFFER_SIZE XscriptFileBufferSize
      ALIAS_FILE AliasFile
      HELP_FILE HelpFile
      QUEUE_DIR QueueDirectory
      STATUS_FILE StatusFile
      """;

  /** Names that set no option but a macro, a class, a mailer or a text. */
  private static final Set<String> NO_OPTION =
      Set.of(
          "confCF_VERSION",
          "confCR_FILE",
          "confCT_FILE",
          "confCW_FILE",
          "confDEQUOTE_OPTS",
          "confDOMAIN_NAME",
          "confFROM_HEADER",
          "confLDAP_CLUSTER",
          "confLOCAL_MAILER",
          "confMAILER_NAME",
          "confMESSAGEID_HEADER",
          "confRCPTREJ_MSG",
          "confRECEIVED_HEADER",
          "confREJECT_MSG",
          "confRELAY_MAILER",
          "confRELAY_MSG",
          "confSMTP_MAILER",
          "confTIME_ZONE",
          "confTRUSTED_USERS",
          "confUUCP_MAILER");

  private static final Map<String, String> TABLE = table(TLS + OWN + OTHERS);

  private static Map<String, String> table(String text) {
    Map<String, String> table = new LinkedHashMap<>();
    text.lines().map(line -> line.split(" ", 2)).forEach(row -> table.put(row[0], row[1]));
    return Collections.unmodifiableMap(table);
  }

  /** The cf option that m4 name {@code name} stands for, or null if it stands for none. */
  public static @Nullable String option(String name) {
    return TABLE.get(name);
  }

  /** Whether sendmail's library, and so the assembler, asks what {@code name} is defined as. */
  static boolean isAsked(String name) {
    return TABLE.containsKey(name)
        || NO_OPTION.contains(name)
        || McFeatures.ROUTING_DEFINES.contains(name)
        || McFeatures.DEFINES.contains(name);
  }

  /** Every m4 name that stands for an option; those of TLS come first. */
  public static Collection<String> names() {
    return TABLE.keySet();
  }

  /** The option that a word such as DAEMON_OPTIONS adds a line for, or null. */
  static @Nullable String optionOfCall(String word) {
    return switch (word) {
      case "DAEMON_OPTIONS" -> "DaemonPortOptions";
      case "CLIENT_OPTIONS" -> "ClientPortOptions";
      default -> null;
    };
  }

  /** The line of a {@code .cf} file; a value of several lines continues behind a tab. */
  static String line(String option, String value) {
    return "O " + option + "=" + value.strip().replaceAll("\n(?![ \t])", "\n\t");
  }

  /**
   * sendmail's library reads over a misspelt {@code confNAME}; that is how TLS stays off unseen.
   */
  static void check(McDefine define, McCollector collector) {
    String name = define.name();
    if (name.startsWith("conf") && !TABLE.containsKey(name) && !NO_OPTION.contains(name)) {
      collector.warning(
          define.place(),
          "no option goes by the name " + name + Spelling.suggestion(name, TABLE.keySet()));
    }
  }
}
