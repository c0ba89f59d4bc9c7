package tayyar.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Map;

/**
 * Files with the authorities behind servers that are spoken to over TLS.
 *
 * @param folder the one that paths are relative to
 */
record Authorities(Path folder, Map<String, String> environment) {
  /** One that holds a certificate at least. */
  Path read(String name, String text) {
    Path file = folder.resolve(Text.path(name, Folders.home(text, environment), "ca.pem"));
    try (InputStream pem = Files.newInputStream(file)) {
      if (!CertificateFactory.getInstance("X.509").generateCertificates(pem).isEmpty()) {
        return file;
      }
    } catch (IOException | CertificateException e) {
      // Said below.
    }
    throw new ConfigException(
        "'%s' names the file '%s', which holds no certificates; write one in PEM form"
            .formatted(name, file));
  }
}
