package tayyar.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Vectors as clients want them. */
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
}
