package tayyar.memory;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The numbers at the head of a GGUF file, and how long its lists are. Immutable.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">GGUF</a>
 */
public final class ModelHead {
  private static final int MAGIC = 0x46554747;
  private static final long KEYS_MAX = 65_536;
  private static final long TEXT_MAX = 1 << 24;
  private static final long LIST_MAX = 1 << 24;

  private static final int BOOL = 7;
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  private final Map<String, Long> numbers = new HashMap<>();
  private final Map<String, Long> lengths = new HashMap<>();
  private String architecture = "";

  private ModelHead() {}

  /**
   * Reads it; text is passed over.
   *
   * @throws IOException if the file can't be read, or is no GGUF file as far as it is read
   */
  public static ModelHead read(Path file) throws IOException {
    try (var in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 65_536))) {
      var head = new ModelHead();
      int magic = int32(in);
      if (magic != MAGIC || int32(in) < 2) {
        throw new IOException("it is no GGUF file of version 2 or later");
      }
      int64(in);
      long keys = within(int64(in), KEYS_MAX);
      for (long i = 0; i < keys; i++) {
        head.key(in);
      }
      return head;
    }
  }

  /** Returns the number of a name behind the architecture's; the other where there is none. */
  public long number(String name, long otherwise) {
    return numbers.getOrDefault(architecture + "." + name, otherwise);
  }

  /** How long the list of that whole name is; 0 where there is none. */
  long length(String name) {
    return lengths.getOrDefault(name, 0L);
  }

  private void key(DataInputStream in) throws IOException {
    String name = text(in);
    int kind = int32(in);
    if (kind == STRING && name.equals("general.architecture")) {
      architecture = text(in);
    } else if (kind == ARRAY) {
      list(name, in);
    } else {
      numbers.put(name, value(in, kind));
    }
  }

  /** Of a list of numbers, one for each layer, the sum is kept under the name and {@code +}. */
  private void list(String name, DataInputStream in) throws IOException {
    int kind = int32(in);
    long length = within(int64(in), LIST_MAX);
    lengths.put(name, length);
    long sum = 0;
    for (long i = 0; i < length; i++) {
      sum += value(in, kind);
    }
    numbers.put(name + "+", sum);
  }

  /** A number without its fraction; 0 for what is none. */
  private static long value(DataInputStream in, int kind) throws IOException {
    return switch (kind) {
      case 0, 1, BOOL -> in.readUnsignedByte();
      case 2, 3 -> Short.toUnsignedInt(Short.reverseBytes(in.readShort()));
      case 4 -> Integer.toUnsignedLong(int32(in));
      case 5 -> int32(in);
      case 6 -> (long) Float.intBitsToFloat(int32(in));
      case STRING -> {
        in.skipNBytes(within(int64(in), TEXT_MAX));
        yield 0;
      }
      case 10, 11 -> int64(in);
      case 12 -> (long) Double.longBitsToDouble(int64(in));
      default -> throw new IOException("it has a value of the unknown kind " + kind);
    };
  }

  private static String text(DataInputStream in) throws IOException {
    byte[] bytes = in.readNBytes((int) within(int64(in), TEXT_MAX));
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static int int32(DataInputStream in) throws IOException {
    return Integer.reverseBytes(in.readInt());
  }

  private static long int64(DataInputStream in) throws IOException {
    return Long.reverseBytes(in.readLong());
  }

  private static long within(long value, long most) throws IOException {
    if (value < 0 || value > most) {
      throw new EOFException("it has a length of " + value);
    }
    return value;
  }
}
