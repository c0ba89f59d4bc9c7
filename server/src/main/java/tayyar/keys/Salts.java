package tayyar.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import tayyar.api.InferenceRequest;
import tayyar.api.Target;
import tayyar.api.Target.Address;

/**
 * Tells keys apart to those who must not know them: the same text for the same key as long as this
 * process lives, another for each other key, and nothing to be learnt from it. Safe for use by any
 * thread.
 */
public final class Salts {
  private static final int BYTES = 16;

  private final byte[] secret = new byte[32];

  /** Salts that nobody else makes. */
  public Salts() {
    new SecureRandom().nextBytes(secret);
  }

  /**
   * What a target is told to keep a request's cached prompt apart by: 32 hexadecimal digits. A salt
   * of the client's own stays as it is on its way to another server; with a worker of ours, it
   * tells apart what comes with one key.
   *
   * @param keyId the key's id
   * @return empty where the target is to be told nothing
   */
  public String of(String keyId, InferenceRequest request, Target target) {
    if (!target.access().salted()) {
      return "";
    }
    String own = request.cacheSalt();
    boolean ours = target.address() instanceof Address.Unix;
    return own.isEmpty() || ours ? hash(keyId, own) : "";
  }

  /** Half of it is kept, from which nobody could go on hashing. */
  private String hash(String keyId, String own) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(secret);
      digest.update(keyId.getBytes(UTF_8));
      digest.update((byte) 0);
      return HexFormat.of().formatHex(digest.digest(own.getBytes(UTF_8)), 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
