package tayyar.stored;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.InflaterInputStream;

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

  /** The length of the stream, of which no more than a piece is in memory. */
  static int length(byte[] deflated) {
    try (InputStream stream = stream(deflated)) {
      return Math.toIntExact(stream.transferTo(OutputStream.nullOutputStream()));
    } catch (IOException e) {
      throw new IllegalStateException("stored events cannot be read", e);
    }
  }

  /** Makes the stream of events again, which has this length. */
  static byte[] inflated(byte[] deflated, int length) {
    try (InputStream stream = stream(deflated)) {
      byte[] all = new byte[length];
      stream.readNBytes(all, 0, length);
      return all;
    } catch (IOException e) {
      throw new IllegalStateException("stored events cannot be read", e);
    }
  }

  private static InputStream stream(byte[] deflated) {
    return new InflaterInputStream(new ByteArrayInputStream(deflated));
  }
}
