package postern.cf.mc;

import java.util.Set;

/** What sendmail's library offers, and what of it the stock rule sets have. */
final class McFeatures {
  private McFeatures() {}

  /** FEATUREs whose behaviour the stock rule sets always have; nothing is to be done for them. */
  static final Set<String> ALWAYS =
      Set.of(
          "accept_unresolvable_domains",
          "always_add_domain",
          "blacklist_recipients",
          "blocklist_recipients",
          "no_default_msa",
          "nocanonify",
          "nouucp",
          "tls_session_features",
          "use_ct_file");

  /** FEATUREs that the assembler puts into the stock rule sets. */
  static final Set<String> DONE =
      Set.of(
          "access_db",
          "check_cert_altnames",
          "conncontrol",
          "delay_checks",
          "greet_pause",
          "ratecontrol",
          "use_cw_file");

  /** FEATUREs that exist, but not here. */
  static final Set<String> NOT_HERE =
      Set.of(
          "accept_unqualified_senders",
          "allmasquerade",
          "authinfo",
          "badmx",
          "bcc",
          "bestmx_is_local",
          "bitdomain",
          "block_bad_helo",
          "check_other",
          "compat_check",
          "dnsbl",
          "domainmap",
          "domaintable",
          "drac",
          "enhdnsbl",
          "generics_entire_domain",
          "genericstable",
          "ldap_routing",
          "limited_masquerade",
          "local_lmtp",
          "local_no_masquerade",
          "local_procmail",
          "lookupdotdomain",
          "loose_relay_check",
          "mailertable",
          "masquerade_entire_domain",
          "masquerade_envelope",
          "msp",
          "mtamark",
          "nopercenthack",
          "notsticky",
          "nullclient",
          "prefixmod",
          "preserve_local_plus_detail",
          "preserve_luser_host",
          "promiscuous_relay",
          "queuegroup",
          "redirect",
          "relay_based_on_MX",
          "relay_entire_domain",
          "relay_hosts_only",
          "relay_local_from",
          "relay_mail_from",
          "require_rdns",
          "rhsbl",
          "smrsh",
          "stickyhost",
          "sts",
          "tls_failures",
          "use_client_ptr",
          "uucpdomain",
          "virtuser_entire_domain",
          "virtusertable",
          "vnet");

  /** Definitions that the assembler puts into the stock rule sets. */
  static final Set<String> DEFINES = Set.of("RELAY_MAILER_ARGS", "SMART_HOST", "TLS_PERM_ERR");

  /** Definitions that would change where mail goes, and that the stock rule sets do not ask. */
  static final Set<String> ROUTING_DEFINES =
      Set.of(
          "BITNET_RELAY",
          "DECNET_RELAY",
          "DNSBL_MAP",
          "FAX_RELAY",
          "LOCAL_RELAY",
          "LUSER_RELAY",
          "MAIL_HUB",
          "MASQUERADE_NAME",
          "UUCP_RELAY");

  /** Words with arguments that set nothing here. */
  static final Set<String> SILENT_CALLS = Set.of("VERSIONID", "OSTYPE", "FEATURE", "MAILER");
}
