package tayyar.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The certificates that endpoints' certificates are trusted by. */
final class Authorities {
  private Authorities() {}

  /**
   * Those of a PEM file, and no others.
   *
   * @param file null for Java's own
   * @return null for Java's own
   * @throws PlanException where the file can't be read or holds no certificate
   */
  static @Nullable TrustManagerFactory of(@Nullable Path file) {
    if (file == null) {
      return null;
    }
    try (InputStream pem = Files.newInputStream(file)) {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509").generateCertificates(pem);
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (Certificate each : all) {
        trusted.setCertificateEntry(Integer.toString(trusted.size()), each);
      }
      if (all.isEmpty()) {
        throw new PlanException("The file '" + file + "' holds no certificate.");
      }
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      return factory;
    } catch (IOException e) {
      throw new PlanException("The file '" + file + "' can't be read: " + e.getMessage() + ".");
    } catch (GeneralSecurityException e) {
      throw new PlanException("The file '" + file + "' holds no certificate in PEM.");
    }
  }
}
