package tayyar.config;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.CertificateFiles;

/**
 * TLS of the listeners.
 *
 * @param certificates at least one; the first is shown to clients that name nobody we know
 * @param redirect an address that sends whoever comes there to the API's, or null for none
 * @param admin whether the control plane has TLS too
 */
public record TlsSettings(
    List<CertificateFiles> certificates, @Nullable Listen redirect, boolean admin) {
  /** Copies the list. */
  public TlsSettings {
    certificates = List.copyOf(certificates);
    if (certificates.isEmpty()) {
      throw new ConfigException(
          "TLS needs a 'certificate' and its 'key', such as fullchain.pem and privkey.pem");
    }
  }
}
