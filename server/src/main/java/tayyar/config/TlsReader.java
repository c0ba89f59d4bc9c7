package tayyar.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.CertificateFiles;

/** Reads {@code tls:}. What the files hold is looked at later. */
final class TlsReader {
  private final Path folder;
  private final Map<String, String> environment;

  /**
   * Of a configuration.
   *
   * @param folder the one that its paths are relative to
   */
  TlsReader(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = environment;
  }

  /** Returns null where nothing is said of TLS. */
  @Nullable TlsSettings read(Section tls, Listen listen) {
    boolean one = tls.has("certificate") || tls.has("key");
    boolean several = tls.has("certificates");
    List<CertificateFiles> all = new ArrayList<>();
    if (one && several) {
      tls.refuse("write 'certificate' and 'key', or a list of them as 'certificates', not both");
    } else if (one) {
      pair(tls, all);
    }
    for (Section each : tls.parts("certificates")) {
      pair(each, all);
      each.done();
    }
    Listen redirect = tls.<@Nullable Listen>value("redirect", null, (_, text) -> Listen.of(text));
    boolean admin = tls.value("admin", false, Text::yesOrNo);
    tls.done();
    if (!one && !several && redirect == null && !admin) {
      return null;
    }
    if (redirect != null && redirect.port() != 0 && redirect.equals(listen)) {
      tls.refuse("'redirect' is the address of the API itself; write another port");
    }
    return tls.make(() -> new TlsSettings(all, redirect, admin));
  }

  private void pair(Section section, List<CertificateFiles> all) {
    Path certificate = section.<@Nullable Path>value("certificate", null, this::file);
    Path key = section.<@Nullable Path>value("key", null, this::file);
    if (certificate != null && key != null) {
      all.add(new CertificateFiles(certificate, key));
    } else if (section.has("certificate") && !section.has("key")) {
      section.refuse("'certificate' needs its 'key' beside it, such as privkey.pem");
    } else if (!section.has("certificate")) {
      section.refuse("'key' needs its 'certificate' beside it, such as fullchain.pem");
    }
  }

  private Path file(String name, String text) {
    Path named = Text.path(name, Folders.home(text, environment), "fullchain.pem");
    return folder.resolve(named).normalize();
  }
}
