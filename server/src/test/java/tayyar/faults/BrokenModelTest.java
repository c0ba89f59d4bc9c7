package tayyar.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.event.KeyValuePair;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.testing.Given;
import tayyar.testing.Logged;
import tayyar.testing.Response;
import tayyar.testing.TestEngine;
import tayyar.upstream.Worker;

/** The worker's model file is invalid: a sentence says so, and the gateway lives on. */
@Tag("engine")
@Timeout(120)
class BrokenModelTest {
  private static final Bounds WAITS =
      Bounds.DEFAULT.with(Deadline.WORKER_WAIT, Duration.ofMinutes(10));
  private static final String ADVICE = "; put a whole GGUF file there, or take another by --model.";

  enum File {
    MISSING("it is not there"),
    EMPTY("it is empty"),
    TEXT("it is no GGUF file"),
    HEADLESS("failed to read header"),
    TRUNCATED("model is corrupted or incomplete"),
    UNKNOWN("unknown model architecture: 'tomorrows'");

    private final String why;

    File(String why) {
      this.why = why;
    }

    void write(Path path) throws IOException {
      switch (this) {
        case MISSING -> {}
        case EMPTY -> Files.write(path, new byte[0]);
        case TEXT -> Files.writeString(path, "I am no model.");
        case HEADLESS -> Files.write(path, begin(5));
        case TRUNCATED -> Files.write(path, begin(20_000_000));
        case UNKNOWN -> Files.write(path, unknownArchitecture());
      }
    }
  }

  private static byte[] begin(int bytes) throws IOException {
    try (InputStream model = Files.newInputStream(Given.MODEL.path())) {
      return model.readNBytes(bytes);
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
    TestEngine engine = TestEngine.with(WAITS).of(path);
    engine.start();
    try {
      assertThat(engine.awaitReady())
          .contains("odd.gguf")
          .contains(file.why)
          .endsWith(ADVICE)
          .doesNotContain("\n");
      assertThat(engine.ready()).isFalse();
      assertRefused(engine);
    } finally {
      engine.close();
    }
  }

  /** Fails unless the refusal comes at once: the wait for a restart is longer than this test. */
  private static void assertRefused(TestEngine engine) throws IOException {
    Response refused = engine.chat(TestEngine.question("Hello", 5));
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.error().path("code").asString()).isEqualTo("worker_restarting");
    assertThat(refused.field("Retry-After")).isNotEmpty();
    assertThat(engine.row(refused).status()).isEqualTo(503);
    assertThat(engine.row(refused).outcome()).isEqualTo("failed");
  }

  @Test
  void isToldWhereTheWorkerComesBackToIt(@TempDir Path folder) throws Exception {
    Given.NATIVES.path();
    Path path = Files.createSymbolicLink(folder.resolve("odd.gguf"), Given.MODEL.path());
    TestEngine engine = TestEngine.with(WAITS).of(path);
    engine.start();
    try (Logged log = Logged.of(Worker.class)) {
      assertThat(engine.awaitReady()).isEmpty();
      Files.delete(path);
      Files.createFile(path);
      engine.kill();
      // This one waits for the restart, and fails with it.
      assertRefused(engine);
      assertRefused(engine);
      await()
          .atMost(TestEngine.START)
          .until(() -> says(log, "odd.gguf can't be loaded: it is empty"));
      assertThat(engine.ready()).isFalse();

      Files.delete(path);
      Files.createSymbolicLink(path, Given.MODEL.path());
      await().atMost(TestEngine.START).until(engine::ready);
      assertThat(engine.chat(TestEngine.question("Hello", 5)).status()).isEqualTo(200);
    } finally {
      engine.close();
    }
  }

  private static boolean says(Logged log, String why) {
    return log.events().stream()
        .filter(event -> event.getMessage().equals("the worker ended; it is started again"))
        .flatMap(
            event ->
                Objects.requireNonNullElse(event.getKeyValuePairs(), List.<KeyValuePair>of())
                    .stream())
        .anyMatch(pair -> pair.key.equals("why") && String.valueOf(pair.value).contains(why));
  }
}
