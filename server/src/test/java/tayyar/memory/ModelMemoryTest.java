package tayyar.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.testing.TinyModel;

/** What a model takes, by its file's head. */
final class ModelMemoryTest {
  private static final long PROCESS = 200_000_000;

  @TempDir private Path folder;

  @Test
  void ofAWholeModel() throws IOException {
    Path file = TinyModel.write(folder.resolve("m.gguf"), "{{ 1 }}", true, List.of());
    ModelMemory its = ModelMemory.of(file, 4, 1_024, 512);
    assertThat(its.weights()).isEqualTo(Files.size(file));
    assertThat(its.cache()).as("a layer, a head, 32 wide, twice").isEqualTo(4_096 * 2 * 32 * 2);
    assertThat(its.buffers()).isBetween(PROCESS, PROCESS + 10_000_000);
    assertThat(its.bytes()).isEqualTo(its.weights() + its.cache() + its.buffers());
    assertThat(ModelMemory.of(file, 4, 100_000, 512).cache())
        .as("no more than it was trained for")
        .isEqualTo(4 * 2_048 * 2 * 32 * 2);
  }

  @Test
  void layersMayHaveOtherHeads() throws IOException {
    var head = new Head();
    head.text("general.architecture", "odd");
    head.number("odd.block_count", 3);
    head.number("odd.embedding_length", 64);
    head.number("odd.attention.head_count", 4);
    head.number("odd.attention.key_length", 100);
    head.numbers("odd.attention.head_count_kv", 2, 0, 1);
    assertThat(ModelMemory.of(head.write(folder.resolve("m.gguf")), 1, 1_000, 8).cache())
        .isEqualTo(1_000L * 3 * (100 + 16) * 2);
  }

  @Test
  void statesOfConversationsCountForEachSlot() throws IOException {
    var head = new Head();
    head.text("general.architecture", "mamba");
    head.number("mamba.block_count", 2);
    head.number("mamba.embedding_length", 64);
    head.number("mamba.attention.head_count_kv", 0);
    head.number("mamba.ssm.inner_size", 128);
    head.number("mamba.ssm.state_size", 16);
    head.number("mamba.ssm.conv_kernel", 4);
    assertThat(ModelMemory.of(head.write(folder.resolve("m.gguf")), 3, 1_000, 8).cache())
        .isEqualTo(3 * 2 * (3 * 128 + 128 * 16) * 4);
  }

  @Test
  void allPartsOfAFileCount() throws IOException {
    Files.write(folder.resolve("m-00001-of-00002.gguf"), new byte[10]);
    Files.write(folder.resolve("m-00002-of-00002.gguf"), new byte[30]);
    ModelMemory its = ModelMemory.of(folder.resolve("m-00001-of-00002.gguf"), 1, 128, 1);
    assertThat(its).isEqualTo(new ModelMemory(40, 0, PROCESS));
  }

  @Test
  void ofWhatIsNoModelTheSizeIsKnown() throws IOException {
    Path file = Files.writeString(folder.resolve("m.gguf"), "I am no model.");
    assertThat(ModelMemory.of(file, 1, 128, 1)).isEqualTo(new ModelMemory(14, 0, PROCESS));
    assertThat(ModelMemory.of(folder.resolve("none"), 1, 128, 1).weights()).isZero();
    var endless = new Head();
    endless.text("general.architecture", "m");
    endless.length("m.list", Long.MAX_VALUE);
    assertThat(ModelMemory.of(endless.write(file), 1, 128, 1).cache()).isZero();
  }

  @Test
  void bytesForPeople() {
    assertThat(ModelMemory.shown(0)).isEqualTo("0 MB");
    assertThat(ModelMemory.shown(98_700_000)).isEqualTo("99 MB");
    assertThat(ModelMemory.shown(12_340_000_000L)).isEqualTo("12.3 GB");
  }

  /** A GGUF file without tensors. */
  private static final class Head {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long keys;

    void text(String key, String value) {
      key(key, 8);
      string(value);
    }

    void number(String key, int value) {
      key(key, 4);
      int32(value);
    }

    void numbers(String key, int... values) {
      key(key, 9);
      int32(4);
      int64(values.length);
      for (int value : values) {
        int32(value);
      }
    }

    void length(String key, long length) {
      key(key, 9);
      int32(4);
      int64(length);
    }

    Path write(Path file) throws IOException {
      ByteBuffer all = ByteBuffer.allocate(24 + out.size()).order(ByteOrder.LITTLE_ENDIAN);
      all.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3).putLong(0).putLong(keys);
      return Files.write(file, all.put(out.toByteArray()).array());
    }

    private void key(String key, int kind) {
      keys++;
      string(key);
      int32(kind);
    }

    private void string(String value) {
      int64(value.length());
      out.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    private void int32(int value) {
      out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }

    private void int64(long value) {
      out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }
  }
}
