package tayyar.keys;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * The SHA-256 of a secret, as four numbers; the only form in which secrets are kept. {@code
 * hashCode} and {@code equals} are hand-written: a record's generated ones cost time per request
 * and at start.
 */
record Fingerprint(long a, long b, long c, long d) {
  /** Its length in bytes. */
  static final int BYTES = 32;

  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(Fingerprint::sha256);

  static Fingerprint of(String secret) {
    return of(SHA_256.get().digest(secret.getBytes(StandardCharsets.UTF_8)));
  }

  static Fingerprint of(byte[] digest) {
    ByteBuffer bytes = ByteBuffer.wrap(digest);
    return new Fingerprint(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
  }

  /** All bits of it are equally good. */
  @Override
  public int hashCode() {
    return (int) a;
  }

  /** Takes the same time wherever two of them differ. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Fingerprint its
        && ((a ^ its.a) | (b ^ its.b) | (c ^ its.c) | (d ^ its.d)) == 0;
  }

  byte[] bytes() {
    return ByteBuffer.allocate(BYTES).putLong(a).putLong(b).putLong(c).putLong(d).array();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
