package tayyar.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tayyar.testing.Gates;
import tayyar.testing.Given;
import tayyar.testing.Response;
import tayyar.testing.TestEngine;

/** The worker's model is no model: said in a sentence, and the gateway lives on. */
@Tag("engine")
@Timeout(120)
class BrokenModelTest {
  enum File {
    MISSING,
    EMPTY,
    TEXT,
    TRUNCATED,
    UNKNOWN;

    void write(Path path) throws IOException {
      switch (this) {
        case MISSING -> {}
        case EMPTY -> Files.write(path, new byte[0]);
        case TEXT -> Files.writeString(path, "I am no model.");
        case TRUNCATED -> {
          try (InputStream model = Files.newInputStream(Given.MODEL.path())) {
            Files.write(path, model.readNBytes(20_000_000));
          }
        }
        case UNKNOWN -> Files.write(path, unknownArchitecture());
      }
    }
  }

  /** A whole GGUF file without tensors, of an architecture that nobody has. */
  private static byte[] unknownArchitecture() {
    ByteBuffer file = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
    file.put("GGUF".getBytes(US_ASCII)).putInt(3).putLong(0).putLong(1);
    text(file, "general.architecture");
    text(file.putInt(8), "tomorrows");
    return file.array();
  }

  private static void text(ByteBuffer file, String text) {
    file.putLong(text.length()).put(text.getBytes(US_ASCII));
  }

  @ParameterizedTest
  @EnumSource
  void isToldInASentence(File file, @TempDir Path folder) throws Exception {
    Given.NATIVES.path();
    Path path = folder.resolve("odd.gguf");
    file.write(path);
    TestEngine engine = TestEngine.with(Gates.workerWait(Duration.ofMillis(50))).of(path);
    engine.start();
    try {
      assertThat(engine.awaitReady()).contains("odd.gguf").endsWith(".").doesNotContain("\n");
      assertThat(engine.ready()).isFalse();

      Response refused = engine.chat(TestEngine.question("Hello", 5));
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.error().path("code").asString()).isEqualTo("worker_restarting");
      assertThat(engine.row(refused).status()).isEqualTo(503);
      assertThat(engine.row(refused).outcome()).isEqualTo("failed");
    } finally {
      engine.close();
    }
  }
}
