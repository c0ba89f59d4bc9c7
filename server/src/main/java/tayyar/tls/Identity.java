package tayyar.tls;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tayyar.api.CertificateFiles;

/**
 * A certificate with its chain and its key, read and checked.
 *
 * @param chain the server's own certificate first
 * @param key its private key, RSA or EC
 * @param names the names that it is for, in lower case; some may begin with {@code *.}
 */
record Identity(List<X509Certificate> chain, PrivateKey key, Set<String> names) {
  private static final int RSA_BITS_MIN = 2_048;
  private static final int DNS_NAME = 2;
  private static final byte[] PROBE = {1, 2, 3};

  /**
   * Reads and checks both files.
   *
   * @param now certificates are good then
   */
  static Identity read(CertificateFiles files, Instant now) throws TlsException {
    List<X509Certificate> chain = chain(files.certificate());
    PrivateKey key = key(files.key());
    checkKind(files, chain.getFirst());
    if (!belong(chain.getFirst(), key)) {
      boolean later = chain.stream().anyMatch(other -> belong(other, key));
      throw new TlsException(
          later
              ? "The key '%s' is not that of the first certificate in '%s'; the server's own certificate stands first there, then those that lead to its authority."
                  .formatted(files.key(), files.certificate())
              : "The key '%s' is not the key of the certificate '%s'."
                  .formatted(files.key(), files.certificate()));
    }
    for (X509Certificate each : chain) {
      checkTime(files.certificate(), each, now);
    }
    return new Identity(List.copyOf(chain), key, names(files.certificate(), chain.getFirst()));
  }

  private static List<X509Certificate> chain(Path file) throws TlsException {
    List<X509Certificate> all = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Pem.Block block : Pem.read("certificate", file)) {
        if (block.label().endsWith("CERTIFICATE")) {
          var der = new ByteArrayInputStream(block.der());
          all.add((X509Certificate) factory.generateCertificate(der));
        }
      }
    } catch (CertificateException e) {
      throw new TlsException("The certificate '%s' is damaged.".formatted(file));
    }
    if (all.isEmpty()) {
      throw new TlsException(
          "The file '%s' has no certificate in PEM form (-----BEGIN CERTIFICATE-----)."
              .formatted(file));
    }
    return all;
  }

  private static PrivateKey key(Path file) throws TlsException {
    for (Pem.Block block : Pem.read("key", file)) {
      if (block.label().endsWith("PRIVATE KEY")) {
        if (block.encrypted()) {
          throw new TlsException(
              "The key '%s' is encrypted, and nobody is there to type its password; write it without one: openssl pkey -in OLD -out NEW."
                  .formatted(file));
        }
        return key(file, block);
      }
    }
    throw new TlsException(
        "The file '%s' has no private key in PEM form (-----BEGIN PRIVATE KEY-----)."
            .formatted(file));
  }

  private static PrivateKey key(Path file, Pem.Block block) throws TlsException {
    try {
      byte[] der =
          switch (block.label()) {
            case "RSA PRIVATE KEY" -> Der.ofRsa(block.der());
            case "EC PRIVATE KEY" -> Der.ofEc(block.der());
            default -> block.der();
          };
      for (String kind : List.of("RSA", "EC")) {
        try {
          PrivateKey key =
              KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(der));
          var _ = signature(key); // Java reads keys of curves that it cannot use.
          return key;
        } catch (InvalidKeySpecException e) {
          // It may be the other kind.
        }
      }
    } catch (GeneralSecurityException e) {
      // Said below.
    }
    throw new TlsException(
        "The key '%s' cannot be used: it is damaged, or neither RSA nor EC (P-256, P-384, P-521)."
            .formatted(file));
  }

  private static void checkKind(CertificateFiles files, X509Certificate its) throws TlsException {
    PublicKey key = its.getPublicKey();
    String kind = key.getAlgorithm();
    if (!kind.equals("RSA") && !kind.equals("EC")) {
      throw new TlsException(
          "The certificate '%s' is for a key of the kind %s; it must be RSA or EC."
              .formatted(files.certificate(), kind));
    }
    if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < RSA_BITS_MIN) {
      throw new TlsException(
          "The certificate '%s' has an RSA key of %d bits; clients refuse less than %d."
              .formatted(files.certificate(), rsa.getModulus().bitLength(), RSA_BITS_MIN));
    }
  }

  /** Whether what the key signs is good by the certificate. */
  private static boolean belong(X509Certificate certificate, PrivateKey key) {
    try {
      Signature verifying = Signature.getInstance(scheme(key));
      verifying.initVerify(certificate.getPublicKey());
      verifying.update(PROBE);
      return verifying.verify(signature(key));
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static byte[] signature(PrivateKey key) throws GeneralSecurityException {
    Signature signing = Signature.getInstance(scheme(key));
    signing.initSign(key);
    signing.update(PROBE);
    return signing.sign();
  }

  private static String scheme(PrivateKey key) {
    return key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
  }

  private static void checkTime(Path file, X509Certificate its, Instant now) throws TlsException {
    Instant from = its.getNotBefore().toInstant();
    Instant until = its.getNotAfter().toInstant();
    if (now.isAfter(until)) {
      throw new TlsException("The certificate '%s' expired at %s.".formatted(file, until));
    }
    if (now.isBefore(from)) {
      throw new TlsException(
          "The certificate '%s' is not valid before %s; is this machine's clock right?"
              .formatted(file, from));
    }
  }

  private static Set<String> names(Path file, X509Certificate its) throws TlsException {
    Set<String> names = new LinkedHashSet<>();
    try {
      Collection<List<?>> all = its.getSubjectAlternativeNames();
      for (List<?> each : all == null ? List.<List<?>>of() : all) {
        if (each.getFirst() instanceof Integer kind && kind == DNS_NAME) {
          names.add(String.valueOf(each.get(1)).toLowerCase(Locale.ROOT));
        }
      }
    } catch (CertificateException e) {
      throw new TlsException("The certificate '%s' is damaged.".formatted(file));
    }
    return names;
  }

  /** Its public key's kind, as Java's TLS calls it. */
  String kind() {
    return chain.getFirst().getPublicKey().getAlgorithm();
  }

  /** When the first certificate of its chain expires. */
  Instant end() {
    return chain.stream()
        .map(its -> its.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  @Override
  public String toString() {
    return names.toString();
  }
}
