package tayyar.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tayyar.api.CertificateFiles;

/**
 * A certificate that is its own authority, made for a test.
 *
 * @param files certificate and key, as PEM
 */
public record TestCertificate(CertificateFiles files) {
  private static final char[] PASSWORD = "changeit".toCharArray();

  /** Made once, when it is first needed. */
  private static final class Usual {
    private static final TestCertificate ONE = make();

    private static TestCertificate make() {
      try {
        return in(Files.createTempDirectory("tayyar-tls"), "one", "EC", "localhost");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** One for localhost and 127.0.0.1, the same for all tests of this process. */
  public static TestCertificate usual() {
    return Usual.ONE;
  }

  /**
   * Makes one for names and 127.0.0.1, good for two days.
   *
   * @param file the beginning of its files' names
   * @param kind RSA or EC
   */
  public static TestCertificate in(Path folder, String file, String kind, String... names)
      throws IOException {
    Path store = folder.resolve(file + ".p12");
    Files.deleteIfExists(store);
    keytool(store, kind, names);
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PASSWORD);
      Path certificate = folder.resolve(file + ".pem");
      Path key = folder.resolve(file + ".key");
      Files.writeString(certificate, pem("CERTIFICATE", keys.getCertificate("one").getEncoded()));
      Files.writeString(key, pem("PRIVATE KEY", keys.getKey("one", PASSWORD).getEncoded()));
      return new TestCertificate(new CertificateFiles(certificate, key));
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static void keytool(Path store, String kind, String... names) throws IOException {
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    List<String> command = new ArrayList<>(List.of(keytool.toString()));
    command.addAll(List.of("-genkeypair", "-alias", "one", "-keyalg", kind));
    command.addAll(List.of("-dname", "CN=" + names[0], "-validity", "2", "-ext", "bc:c=ca:true"));
    command.addAll(List.of("-ext", "san=ip:127.0.0.1,dns:" + String.join(",dns:", names)));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", "changeit"));
    command.addAll(List.of("-keystore", store.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), US_ASCII);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(said);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static String pem(String label, byte[] der) {
    String text = Base64.getMimeEncoder().encodeToString(der);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, text, label);
  }

  /** The context of a client that trusts nothing else. */
  public SSLContext trusting() throws IOException {
    try (InputStream pem = Files.newInputStream(files.certificate())) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      trusted.setCertificateEntry(
          "one",
          java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(pem));
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }
}
