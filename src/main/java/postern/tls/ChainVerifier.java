package postern.tls;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a peer's certificate the way OpenSSL's X509_verify_cert does at security level 2 with
 * the purpose of the role, in its order and with its words, because both end in sendmail's logs and
 * {@code ${verify}}: build the chain (trusted certificates first), then extensions and purpose,
 * then strength, then revocation, then signatures and dates from the root down, then name
 * constraints. The first thing that is wrong is the outcome. Host names are not checked.
 *
 * <p>Safe for concurrent use. The work for one chain is bounded: {@value #DEPTH} certificates.
 */
final class ChainVerifier {
  /** Longest chain, root included. */
  static final int DEPTH = 16;

  /** More certificates than this from a peer are not looked at. */
  private static final int MOST_PRESENTED = 100;

  private static final int REMEMBERED = 512;

  /** What the certificate must be good for. */
  enum Purpose {
    /** The peer is a client: we serve. */
    CLIENT,
    /** The peer is a server: we connect. */
    SERVER;

    /** Bits of keyUsage, one of which the peer's own certificate must have. */
    private int usage() {
      int signs = Cert.DIGITAL_SIGNATURE | Cert.KEY_AGREEMENT;
      return this == CLIENT ? signs : signs | Cert.KEY_ENCIPHERMENT;
    }

    /** Values of extKeyUsage, one of which every certificate with that extension must have. */
    private List<String> extended() {
      return this == CLIENT
          ? List.of("1.3.6.1.5.5.7.3.2")
          // the latter two are what was once called server gated crypto
          : List.of("1.3.6.1.5.5.7.3.1", "2.16.840.1.113730.4.1", "1.3.6.1.4.1.311.10.3.3");
    }
  }

  /**
   * What came of it.
   *
   * @param message OpenSSL's words; {@code ok} if the chain verified
   * @param depth which certificate of the chain is to blame, 0 for the peer's own
   * @param blamed that certificate's subject, one line
   */
  record Outcome(boolean ok, String message, int depth, String blamed) {
    private static final Outcome OK = new Outcome(true, "ok", 0, "");
  }

  /** Ends a verification. */
  private static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Outcome outcome;

    Failure(String message, int depth, Cert blamed) {
      super(message, null, false, false);
      outcome = new Outcome(false, message, depth, blamed.subject().oneLine());
    }
  }

  private final TrustStore trust;

  /**
   * Digests over certificate and issuer's key of signatures that were right. Wrong ones are not
   * remembered, so nobody can drive out the others with forgeries.
   */
  private final Map<String, Boolean> signatures =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  ChainVerifier(TrustStore trust) {
    this.trust = trust;
  }

  /**
   * Verifies the first certificate of {@code presented} with the help of the others.
   *
   * @param crlRequired whether a CA without a CRL is a failure (flag R)
   * @param now seconds since 1970
   */
  Outcome verify(List<Cert> presented, Purpose purpose, boolean crlRequired, long now) {
    try {
      Cert leaf = presented.get(0);
      if (Algorithms.keyBits(leaf.publicKey()) < Algorithms.REQUIRED_BITS) {
        throw new Failure("EE certificate key too weak", 0, leaf);
      }
      List<Cert> chain = build(presented, now);
      checkExtensions(chain, purpose);
      checkStrength(chain);
      if (trust.checksRevocation() || crlRequired) {
        checkRevocation(chain, crlRequired, now);
      }
      checkSignaturesAndDates(chain, now);
      checkNames(chain);
      return Outcome.OK;
    } catch (Failure e) {
      return e.outcome;
    }
  }

  private List<Cert> build(List<Cert> presented, long now) throws Failure {
    List<Cert> spare =
        new ArrayList<>(presented.subList(1, Math.min(presented.size(), MOST_PRESENTED)));
    List<Cert> chain = new ArrayList<>();
    chain.add(presented.get(0));
    boolean fromStore = false;
    while (true) {
      int depth = chain.size() - 1;
      Cert last = chain.get(depth);
      boolean selfSigned = last.selfSigned();
      List<Cert> trusted = trust.named(last.issuer());
      if (selfSigned && (fromStore || trusted.contains(last))) {
        return chain;
      }
      if (selfSigned) {
        throw new Failure(
            depth == 0 ? "self-signed certificate" : "self-signed certificate in certificate chain",
            depth,
            last);
      }
      if (chain.size() >= DEPTH) {
        throw new Failure("certificate chain too long", depth, last);
      }
      Cert issuer = choose(trusted, last, now);
      if (issuer != null) {
        fromStore = true;
      } else if (!fromStore) {
        issuer = choose(spare, last, now);
        spare.remove(issuer);
      }
      if (issuer == null || chain.contains(issuer)) {
        throw new Failure(
            fromStore
                ? "unable to get issuer certificate"
                : "unable to get local issuer certificate",
            depth,
            last);
      }
      chain.add(issuer);
    }
  }

  /** The first issuer that is valid now, else the one that is valid for longest. */
  private static @Nullable Cert choose(List<Cert> candidates, Cert subject, long now) {
    Cert best = null;
    long bestEnd = Long.MIN_VALUE;
    for (Cert candidate : candidates) {
      if (candidate.mayHaveIssued(subject)) {
        long end;
        try {
          end = candidate.notAfter();
          if (candidate.notBefore() <= now && now <= end) {
            return candidate;
          }
        } catch (DerException e) {
          end = Long.MIN_VALUE;
        }
        if (best == null || end > bestEnd) {
          best = candidate;
          bestEnd = end;
        }
      }
    }
    return best;
  }

  private static void checkExtensions(List<Cert> chain, Purpose purpose) throws Failure {
    int authorities = 0;
    for (int i = 0; i < chain.size(); i++) {
      Cert cert = chain.get(i);
      if (cert.badExtension()) {
        throw new Failure("invalid or inconsistent certificate extension", i, cert);
      }
      if (cert.unknownCritical()) {
        throw new Failure("unhandled critical extension", i, cert);
      }
      if (i > 0 && !cert.authority(i == chain.size() - 1)) {
        throw new Failure("invalid CA certificate", i, cert);
      }
      if (!cert.allows(purpose.extended()) || (i == 0 && !cert.allows(purpose.usage()))) {
        throw new Failure("unsuitable certificate purpose", i, cert);
      }
      if (i > 1 && cert.pathLength() != -1 && authorities > cert.pathLength()) {
        throw new Failure("path length constraint exceeded", i, cert);
      }
      if (i > 0 && !cert.selfIssued()) {
        authorities++;
      }
    }
  }

  private static void checkStrength(List<Cert> chain) throws Failure {
    for (int i = 0; i < chain.size(); i++) {
      Cert cert = chain.get(i);
      if (i > 0 && Algorithms.keyBits(cert.publicKey()) < Algorithms.REQUIRED_BITS) {
        throw new Failure("CA certificate key too weak", i, cert);
      }
      if (i < chain.size() - 1
          && Algorithms.digestBits(cert.signatureAlgorithm()) < Algorithms.REQUIRED_BITS) {
        throw new Failure("CA signature digest algorithm too weak", i, cert);
      }
    }
  }

  private void checkRevocation(List<Cert> chain, boolean required, long now) throws Failure {
    for (int i = 0; i < chain.size(); i++) {
      Cert cert = chain.get(i);
      Cert issuer = chain.get(Math.min(i + 1, chain.size() - 1));
      List<Crl> lists = trust.lists(cert.issuer());
      if (lists.isEmpty()) {
        if (required) {
          throw new Failure("unable to get certificate CRL", i, cert);
        }
        continue;
      }
      // A certificate is revoked if any sound list says so; it is not if one sound list is silent.
      String reason = "unable to get certificate CRL";
      boolean sound = false;
      for (Crl crl : lists) {
        Optional<String> wrong = unusable(crl, cert, issuer, i > 0, now);
        if (wrong.isPresent()) {
          reason = wrong.get();
        } else if (crl.revokes(cert.serial())) {
          throw new Failure("certificate revoked", i, cert);
        } else {
          sound = true;
        }
      }
      if (!sound) {
        throw new Failure(reason, i, cert);
      }
    }
  }

  /** Why {@code crl} cannot be used for {@code cert}; empty if it can. */
  private static Optional<String> unusable(
      Crl crl, Cert cert, Cert issuer, boolean authority, long now) {
    byte[] keyId = crl.authorityKeyId();
    if (crl.delta() || !crl.covers(cert, authority)) {
      return Optional.of("different CRL scope");
    }
    if (crl.unknownCritical()) {
      return Optional.of("unhandled critical CRL extension");
    }
    if (!issuer.allows(Cert.CRL_SIGN)) {
      return Optional.of("key usage does not include CRL signing");
    }
    if (keyId != null && !issuer.hasKeyId(keyId)) {
      return Optional.of("unable to get CRL issuer certificate");
    }
    try {
      if (crl.thisUpdate() > now) {
        return Optional.of("CRL is not yet valid");
      }
      Long next = crl.nextUpdate();
      if (next != null && next < now) {
        return Optional.of("CRL has expired");
      }
    } catch (DerException e) {
      return Optional.of("format error in CRL's lastUpdate field");
    }
    return crl.signedBy(issuer) ? Optional.empty() : Optional.of("CRL signature failure");
  }

  private void checkSignaturesAndDates(List<Cert> chain, long now) throws Failure {
    for (int i = chain.size() - 1; i >= 0; i--) {
      Cert cert = chain.get(i);
      if (i < chain.size() - 1 && !signed(cert, chain.get(i + 1))) {
        throw new Failure("certificate signature failure", i, cert);
      }
      boolean later = false;
      try {
        if (cert.notBefore() > now) {
          throw new Failure("certificate is not yet valid", i, cert);
        }
        later = true;
        if (cert.notAfter() < now) {
          throw new Failure("certificate has expired", i, cert);
        }
      } catch (DerException e) {
        String field = later ? "notAfter" : "notBefore";
        throw new Failure("format error in certificate's " + field + " field", i, cert);
      }
    }
  }

  private static void checkNames(List<Cert> chain) throws Failure {
    for (int i = chain.size() - 1; i > 0; i--) {
      Cert.Extension constraints = chain.get(i).extension(NameConstraints.OID);
      if (constraints == null) {
        continue;
      }
      for (int k = i - 1; k >= 0; k--) {
        Cert below = chain.get(k);
        if (k == 0 || !below.selfIssued()) {
          Optional<String> wrong = NameConstraints.violation(constraints.value(), below, k == 0);
          if (wrong.isPresent()) {
            throw new Failure(wrong.get(), k, below);
          }
        }
      }
    }
  }

  private boolean signed(Cert cert, Cert issuer) {
    String digest = digest(cert.encoded(), issuer.publicKey());
    synchronized (signatures) {
      if (signatures.get(digest) != null) {
        return true;
      }
    }
    boolean right =
        cert.algorithmsAgree()
            && Algorithms.verifies(
                cert.signatureAlgorithm(), issuer.publicKey(), cert.signed(), cert.signature());
    if (right) {
      synchronized (signatures) {
        signatures.put(digest, true);
      }
    }
    return right;
  }

  private static String digest(byte[] cert, byte[] key) {
    try {
      // Both are DER and tell their own length, so one after the other cannot be misread.
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(cert);
      return new String(sha256.digest(key), StandardCharsets.ISO_8859_1);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
