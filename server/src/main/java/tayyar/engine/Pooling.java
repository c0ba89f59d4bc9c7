package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How a model makes one vector of the vectors of a text's tokens; its file says it.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">GGUF</a>
 */
enum Pooling {
  /** It does not: a language model. */
  NONE,
  /** Their mean. */
  MEAN,
  /** The first one. */
  CLS,
  /** The last one. */
  LAST,
  /** One number, by which texts are ranked. */
  RANK;

  private static final String KEY = ".pooling_type";
  private static final int MAGIC = 0x46554747;
  private static final int UINT32 = 4;
  private static final int INT32 = 5;
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  /** By the kind of a value, but for texts and arrays. */
  private static final int[] VALUE_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

  /** Longer names are none. */
  private static final int NAME_BYTES_MAX = 1 << 16;

  /**
   * A model file's.
   *
   * @return NONE also where the file can't be read; whoever loads it says why
   */
  static Pooling of(Path file) {
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      return read(in);
    } catch (IOException e) {
      return NONE;
    }
  }

  /** Whether texts become vectors. */
  boolean embeds() {
    return this == MEAN || this == CLS || this == LAST;
  }

  private static Pooling read(DataInputStream in) throws IOException {
    if (int32(in) != MAGIC || int32(in) < 2) {
      return NONE;
    }
    in.skipNBytes(Long.BYTES);
    long keys = int64(in);
    for (long i = 0; i < keys; i++) {
      String name = name(in);
      int kind = int32(in);
      if (name.endsWith(KEY) && (kind == UINT32 || kind == INT32)) {
        int which = int32(in);
        return which > 0 && which < values().length ? values()[which] : NONE;
      }
      skip(in, kind);
    }
    return NONE;
  }

  private static String name(DataInputStream in) throws IOException {
    long bytes = int64(in);
    if (bytes < 0 || bytes > NAME_BYTES_MAX) {
      throw new IOException("a name of " + bytes + " bytes");
    }
    return new String(in.readNBytes((int) bytes), UTF_8);
  }

  private static void skip(DataInputStream in, int kind) throws IOException {
    switch (kind) {
      case STRING -> in.skipNBytes(int64(in));
      case ARRAY -> {
        int of = int32(in);
        long count = int64(in);
        if (of == STRING) {
          for (long i = 0; i < count; i++) {
            in.skipNBytes(int64(in));
          }
        } else {
          in.skipNBytes(
              Math.multiplyHigh(count, bytes(of)) == 0 ? count * bytes(of) : Long.MAX_VALUE);
        }
      }
      default -> in.skipNBytes(bytes(kind));
    }
  }

  /** Arrays of arrays are in no model. */
  private static int bytes(int kind) throws IOException {
    if (kind < 0 || kind >= VALUE_BYTES.length || VALUE_BYTES[kind] == 0) {
      throw new IOException("a value of the kind " + kind);
    }
    return VALUE_BYTES[kind];
  }

  private static int int32(DataInputStream in) throws IOException {
    return Integer.reverseBytes(in.readInt());
  }

  private static long int64(DataInputStream in) throws IOException {
    return Long.reverseBytes(in.readLong());
  }
}
