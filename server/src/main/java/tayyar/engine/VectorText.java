package tayyar.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/** Vectors as the API has them. */
final class VectorText {
  private VectorText() {}

  /**
   * A vector's first numbers, of length 1 together; a vector of zeros stays one.
   *
   * @return little-endian floats; none where one of all is no number
   */
  static byte[] unit(float[] vector, int size) {
    double squares = 0;
    boolean finite = vector.length >= size;
    for (int i = 0; i < vector.length; i++) {
      finite &= Float.isFinite(vector[i]);
      squares += i < size ? (double) vector[i] * vector[i] : 0;
    }
    if (!finite) {
      return new byte[0];
    }
    double length = squares == 0 ? 1 : Math.sqrt(squares);
    ByteBuffer out = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < size; i++) {
      out.putFloat((float) (vector[i] / length));
    }
    return out.array();
  }

  /** A JSON string of them in base64. */
  static byte[] quoted(byte[] floats) {
    return ('"' + Base64.getEncoder().encodeToString(floats) + '"').getBytes(US_ASCII);
  }

  /** A JSON array of them, each in the fewest digits that say it exactly. */
  static byte[] numbers(byte[] floats) {
    ByteBuffer in = ByteBuffer.wrap(floats).order(ByteOrder.LITTLE_ENDIAN);
    var out = new StringBuilder(floats.length * 3).append('[');
    while (in.hasRemaining()) {
      out.append(out.length() == 1 ? "" : ",").append(in.getFloat());
    }
    return out.append(']').toString().getBytes(US_ASCII);
  }
}
