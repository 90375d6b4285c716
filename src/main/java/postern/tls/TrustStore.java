package postern.tls;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What we trust: the certificates of CACertFile, those that CACertPath has for a name, and the CRLs
 * of CRLFile and CRLPath. Safe for concurrent use.
 */
final class TrustStore {
  /** Trusts nobody. */
  static final TrustStore EMPTY = new TrustStore(List.of(), null, List.of(), null, false);

  private final List<Cert> authorities;
  private final Map<DistinguishedName, List<Cert>> bySubject = new HashMap<>();
  private final Map<DistinguishedName, List<Crl>> byIssuer = new HashMap<>();
  private final @Nullable HashedDirectory<Cert> more;
  private final @Nullable HashedDirectory<Crl> moreCrls;
  private final boolean checksRevocation;

  /**
   * Makes a store.
   *
   * @param checksRevocation whether CRLs are configured, be they found or not
   */
  TrustStore(
      List<Cert> authorities,
      @Nullable HashedDirectory<Cert> more,
      List<Crl> lists,
      @Nullable HashedDirectory<Crl> moreCrls,
      boolean checksRevocation) {
    this.authorities = List.copyOf(authorities);
    this.more = more;
    this.moreCrls = moreCrls;
    this.checksRevocation = checksRevocation;
    for (Cert cert : authorities) {
      bySubject.computeIfAbsent(cert.subject(), name -> new ArrayList<>()).add(cert);
    }
    for (Crl crl : lists) {
      byIssuer.computeIfAbsent(crl.issuer(), name -> new ArrayList<>()).add(crl);
    }
  }

  /** Those of CACertFile, in the order of the file. */
  List<Cert> authorities() {
    return authorities;
  }

  boolean checksRevocation() {
    return checksRevocation;
  }

  /** Trusted certificates with this subject. */
  List<Cert> named(DistinguishedName subject) {
    List<Cert> known = bySubject.getOrDefault(subject, List.of());
    if (more == null) {
      return known;
    }
    List<Cert> all = new ArrayList<>(known);
    for (Cert cert : more.find(subject)) {
      if (cert.subject().equals(subject) && !all.contains(cert)) {
        all.add(cert);
      }
    }
    return all;
  }

  /** Every CRL of this issuer. */
  List<Crl> lists(DistinguishedName issuer) {
    List<Crl> known = byIssuer.getOrDefault(issuer, List.of());
    if (moreCrls == null) {
      return known;
    }
    List<Crl> all = new ArrayList<>(known);
    for (Crl crl : moreCrls.find(issuer)) {
      if (crl.issuer().equals(issuer)) {
        all.add(crl);
      }
    }
    return all;
  }
}
