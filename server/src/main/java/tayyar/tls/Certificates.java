package tayyar.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tayyar.api.CertificateFiles;

/** Looks at certificates without showing them to anybody. Reads files. */
public final class Certificates {
  private static final Duration SOON = Duration.ofDays(14);

  private Certificates() {}

  /** Why they can't be used: a sentence for each that can't. */
  public static List<String> mistakes(List<CertificateFiles> files) {
    List<String> all = new ArrayList<>();
    for (CertificateFiles each : files) {
      try {
        var _ = Identity.read(each, Instant.now());
      } catch (TlsException e) {
        all.add(String.valueOf(e.getMessage()));
      }
    }
    return all;
  }

  /** What is unwise about those that can be used, a sentence for each, without a full stop. */
  public static List<String> warnings(List<CertificateFiles> files) {
    List<String> all = new ArrayList<>();
    for (CertificateFiles each : files) {
      if (isOpen(each)) {
        all.add("the key '%s' can be read by every user of this machine".formatted(each.key()));
      }
      try {
        Identity its = Identity.read(each, Instant.now());
        if (its.names().isEmpty()) {
          all.add(
              "the certificate '%s' is for no name (subjectAltName); clients refuse it"
                  .formatted(each.certificate()));
        }
        if (its.end().isBefore(Instant.now().plus(SOON))) {
          all.add("the certificate '%s' expires at %s".formatted(each.certificate(), its.end()));
        }
      } catch (TlsException e) {
        // A mistake, not a warning.
      }
    }
    return all;
  }

  private static boolean isOpen(CertificateFiles files) {
    try {
      return Files.getPosixFilePermissions(files.key()).contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** The first name that the first certificate is for and that is no wildcard; else empty. */
  public static Optional<String> name(CertificateFiles first) {
    try {
      return Identity.read(first, Instant.now()).names().stream()
          .filter(name -> !name.startsWith("*"))
          .findFirst();
    } catch (TlsException e) {
      return Optional.empty();
    }
  }
}
