package tayyar.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/**
 * What a file's bytes must come to.
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

  boolean fits(Path file) throws IOException {
    return digest.isEmpty() || digest.equals(of(file));
  }

  private String of(Path file) throws IOException {
    try (InputStream in =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance(algorithm))) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
