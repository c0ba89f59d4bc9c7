package tayyar.stored;

import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** The form in which events are stored: they repeat each other, so they are deflated. */
final class Packed {
  private Packed() {}

  /** Makes the form in which events are stored. */
  static byte[] deflated(byte[] stream) {
    var deflater = new Deflater(Deflater.BEST_SPEED);
    try {
      deflater.setInput(stream);
      deflater.finish();
      var out = new ByteArrayOutputStream(stream.length / 8 + 64);
      byte[] piece = new byte[8192];
      while (!deflater.finished()) {
        out.write(piece, 0, deflater.deflate(piece));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  /** Makes the stream of events again. */
  static byte[] inflated(byte[] deflated) {
    var inflater = new Inflater();
    try {
      inflater.setInput(deflated);
      var out = new ByteArrayOutputStream(deflated.length * 8);
      byte[] piece = new byte[8192];
      while (!inflater.finished()) {
        int count = inflater.inflate(piece);
        if (count == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          throw new IllegalStateException("stored events are cut off");
        }
        out.write(piece, 0, count);
      }
      return out.toByteArray();
    } catch (DataFormatException e) {
      throw new IllegalStateException("stored events cannot be read", e);
    } finally {
      inflater.end();
    }
  }
}
