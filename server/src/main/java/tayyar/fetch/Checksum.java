package tayyar.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The checksum that a file's bytes must have.
 *
 * @param algorithm SHA-256 or SHA-512
 * @param digest the expected digest, in lower-case hexadecimal; empty where nothing is known
 */
record Checksum(String algorithm, String digest) {

  /** Nothing is known: any bytes are right. */
  static final Checksum NONE = new Checksum("SHA-256", "");

  static Checksum sha256(String hex) {
    return new Checksum("SHA-256", hex);
  }

  /** As npm writes it: {@code sha512-} and base64. */
  static Checksum integrity(String sha512) {
    byte[] digest = Base64.getDecoder().decode(sha512.substring("sha512-".length()));
    return new Checksum("SHA-512", HexFormat.of().formatHex(digest));
  }

  /** Tells texts apart: eight hexadecimal digits. */
  static String short8(String text) {
    byte[] digest = digest("SHA-256").digest(text.getBytes(UTF_8));
    return HexFormat.of().formatHex(digest, 0, 4);
  }

  /** Whether one is not known, or both are the same. */
  boolean agrees(Checksum other) {
    return digest.isEmpty() || other.digest.isEmpty() || equals(other);
  }

  /** This one where it is known, else the other. */
  Checksum or(Checksum other) {
    return digest.isEmpty() ? other : this;
  }

  boolean fits(Path file) throws IOException {
    return digest.isEmpty() || digest.equals(read(file, algorithm));
  }

  /** A file's SHA-256, in lower-case hexadecimal. */
  static String sha256(Path file) throws IOException {
    return read(file, "SHA-256");
  }

  private static String read(Path file, String algorithm) throws IOException {
    MessageDigest digest = digest(algorithm);
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
