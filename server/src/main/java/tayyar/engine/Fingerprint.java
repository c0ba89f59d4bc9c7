package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tayyar.api.Part;

/**
 * Tells answers apart that can't be the same: a name made of the engine's build and the model's
 * file. The same for all answers of a model until one of the two changes.
 */
final class Fingerprint {
  /** Of the file's beginning, middle and end: a whole one takes seconds to read. */
  private static final int SAMPLE_BYTES = 1 << 18;

  private static final int DIGEST_BYTES = 6;

  private Fingerprint() {}

  /**
   * The member of an answer that has it.
   *
   * @param build of the engine
   * @throws EngineException if the file can't be read
   */
  static Part.Member of(String build, Path file) {
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      long length = in.length();
      digest.update((build + '\n' + length + '\n').getBytes(UTF_8));
      var sample = new byte[(int) Math.min(SAMPLE_BYTES, length)];
      for (long at : new long[] {0, (length - sample.length) / 2, length - sample.length}) {
        in.seek(at);
        in.readFully(sample);
        digest.update(sample);
      }
      String name = HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
      byte[] json = ("\"fp_" + name + '"').getBytes(UTF_8);
      return new Part.Member(Part.Member.Place.ANSWER, "system_fingerprint", json);
    } catch (IOException e) {
      throw new EngineException("The model file " + file + " can't be read.", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
