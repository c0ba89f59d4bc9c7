package tayyar.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** Ways to compress. */
public enum Packing {
  /** With a head and a checksum. */
  GZIP,
  /** "deflate" as the standard defines it: with zlib's frame. */
  ZLIB,
  /** "deflate" as some servers send it: without the frame. */
  RAW;

  /** Compresses a text whose characters are bytes. */
  public byte[] of(String text) {
    var packed = new ByteArrayOutputStream();
    try (OutputStream out = to(packed)) {
      out.write(text.getBytes(ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  /** Returns the same as a text whose characters are bytes. */
  public String text(String text) {
    return new String(of(text), ISO_8859_1);
  }

  private OutputStream to(OutputStream out) throws IOException {
    return switch (this) {
      case GZIP -> new GZIPOutputStream(out);
      case ZLIB -> new DeflaterOutputStream(out);
      case RAW -> new DeflaterOutputStream(out, new Deflater(6, true));
    };
  }

  /** Returns the parts of one gzip stream, each of which can be decompressed when it comes. */
  public static byte[][] flushed(String... texts) {
    byte[][] parts = new byte[texts.length][];
    var packed = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(packed, true)) {
      for (int i = 0; i < texts.length; i++) {
        out.write(texts[i].getBytes(ISO_8859_1));
        out.flush();
        parts[i] = packed.toByteArray();
        packed.reset();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return parts;
  }
}
