package tayyar.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.api.CertificateFiles;

/** Files as openssl writes them: what can be used, and what is said of the rest. */
@Tag("socket")
final class IdentityTest {
  private static final String MONTH = "-days 30";

  @TempDir private Path folder;

  private void openssl(String arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.split(" ")));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  /** A certificate that signs itself. */
  private CertificateFiles made(String name, String kind, String more) throws Exception {
    openssl("genpkey -out " + name + ".key " + kind);
    openssl(
        "req -x509 -new -key %s.key -out %s.pem -subj /CN=x -addext subjectAltName=DNS:%s.example %s"
            .formatted(name, name, name, more));
    return files(name, name);
  }

  private CertificateFiles files(String certificate, String key) {
    return new CertificateFiles(folder.resolve(certificate + ".pem"), folder.resolve(key + ".key"));
  }

  private static String ec(String curve) {
    return "-algorithm EC -pkeyopt ec_paramgen_curve:" + curve;
  }

  private static String rsa(int bits) {
    return "-algorithm RSA -pkeyopt rsa_keygen_bits:" + bits;
  }

  private void assertRefused(CertificateFiles files, String... words) {
    assertThat(Certificates.mistakes(List.of(files)))
        .singleElement()
        .satisfies(
            sentence ->
                assertThat(sentence).contains(words).endsWith(".").contains(folder.toString()));
  }

  private void assertGood(CertificateFiles files) {
    assertThat(Certificates.mistakes(List.of(files))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"P-256", "P-384", "P-521"})
  void ellipticKeysInBothForms(String curve) throws Exception {
    CertificateFiles made = made("a", ec(curve), MONTH);
    assertGood(made);
    openssl("pkey -in a.key -traditional -out old.key");
    assertThat(Files.readString(folder.resolve("old.key"))).contains("BEGIN EC PRIVATE KEY");
    assertGood(files("a", "old"));
    // As `openssl ecparam -genkey` writes it, with the curve in front.
    String curveBlock =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    Files.writeString(
        folder.resolve("both.key"), curveBlock + Files.readString(folder.resolve("old.key")));
    assertGood(files("a", "both"));
  }

  @Test
  void rsaKeysInBothForms() throws Exception {
    assertGood(made("a", rsa(2048), MONTH));
    openssl("pkey -in a.key -traditional -out old.key");
    assertThat(Files.readString(folder.resolve("old.key"))).contains("BEGIN RSA PRIVATE KEY");
    assertGood(files("a", "old"));
  }

  @Test
  void encryptedKeysInBothForms() throws Exception {
    made("a", rsa(2048), MONTH);
    openssl("pkey -in a.key -aes256 -passout pass:secret -out new.key");
    assertRefused(files("a", "new"), "new.key' is encrypted", "openssl pkey");
    openssl("rsa -in a.key -traditional -aes256 -passout pass:secret -out old.key");
    assertThat(Files.readString(folder.resolve("old.key"))).contains("Proc-Type: 4,ENCRYPTED");
    assertRefused(files("a", "old"), "old.key' is encrypted");
  }

  @Test
  void whatIsNoPair() throws Exception {
    made("a", ec("P-256"), MONTH);
    made("b", ec("P-256"), MONTH);
    made("c", rsa(2048), MONTH);
    assertRefused(files("a", "b"), "b.key' is not the key of the certificate");
    assertRefused(files("a", "c"), "c.key' is not the key of the certificate");
    Files.writeString(
        folder.resolve("chain.pem"),
        Files.readString(folder.resolve("b.pem")) + Files.readString(folder.resolve("a.pem")));
    assertRefused(files("chain", "a"), "the server's own certificate stands first");
    assertGood(files("chain", "b"));
  }

  @Test
  void keysThatNoClientTakes() throws Exception {
    assertRefused(made("a", rsa(1024), MONTH), "RSA key of 1024 bits");
    assertRefused(made("b", "-algorithm ED25519", MONTH), "b.key' cannot be used", "RSA nor EC");
    made("c", ec("P-256"), MONTH);
    openssl("ecparam -name secp256k1 -genkey -noout -out d.key");
    assertRefused(files("c", "d"), "d.key' cannot be used");
  }

  @Test
  void timesAreLookedAt() throws Exception {
    CertificateFiles files = made("a", ec("P-256"), MONTH);
    Instant now = Instant.now();
    assertSays(files, now.plus(Duration.ofDays(31)), "expired at");
    assertSays(files, now.minus(Duration.ofDays(1)), "is not valid before");
  }

  private static void assertSays(CertificateFiles files, Instant when, String words)
      throws IOException {
    try {
      Identity.read(files, when);
    } catch (TlsException e) {
      assertThat(e).hasMessageContaining(words).hasMessageContaining("a.pem");
      return;
    }
    throw new AssertionError("it was taken");
  }

  @Test
  void filesThatAreSomethingElse() throws Exception {
    made("a", ec("P-256"), MONTH);
    assertRefused(files("none", "a"), "There is no certificate '");
    assertRefused(files("a", "none"), "There is no key '");
    Files.copy(folder.resolve("a.key"), folder.resolve("swapped.pem"));
    Files.copy(folder.resolve("a.pem"), folder.resolve("swapped.key"));
    assertRefused(files("swapped", "a"), "swapped.pem' has no certificate in PEM form");
    assertRefused(files("a", "swapped"), "swapped.key' has no private key in PEM form");
    String text = Files.readString(folder.resolve("a.pem"));
    Files.writeString(folder.resolve("broken.pem"), text.replaceFirst("\nM", "\n!"));
    assertRefused(files("broken", "a"), "broken.pem' is damaged");
    Files.writeString(folder.resolve("short.pem"), text.replaceFirst("\n[^\n]+\n", "\n"));
    assertRefused(files("short", "a"), "short.pem' is damaged");
    String key = Files.readString(folder.resolve("a.key"));
    Files.writeString(folder.resolve("short.key"), key.replaceFirst("\n[^\n]+\n", "\n"));
    assertRefused(files("a", "short"), "short.key' cannot be used");
    Files.writeString(
        folder.resolve("no.key"),
        "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----");
    assertRefused(files("a", "no"), "no.key' cannot be used");
    Files.createDirectory(folder.resolve("dir.key"));
    assertRefused(files("a", "dir"), "dir.key' cannot be read");
  }

  @Test
  void whatIsUnwise() throws Exception {
    CertificateFiles files = made("a", ec("P-256"), MONTH);
    Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-r-----"));
    assertThat(Certificates.warnings(List.of(files))).isEmpty();
    Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(Certificates.warnings(List.of(files)))
        .singleElement()
        .asString()
        .contains("can be read by every user");
    CertificateFiles soon = made("b", ec("P-256"), "-days 9");
    assertThat(Certificates.warnings(List.of(soon))).anyMatch(one -> one.contains("expires at"));
    assertThat(Certificates.name(files)).hasValue("a.example");
  }
}
