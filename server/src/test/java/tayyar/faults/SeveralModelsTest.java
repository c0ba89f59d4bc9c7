package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.testing.Events;
import tayyar.testing.Given;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.Response;
import tayyar.testing.TestEngine;
import tayyar.testing.TestModels;
import tayyar.upstream.Resident.Terms;

/**
 * Several models, each with a worker of its own: what one does leaves another's streams alone.
 * {@code long} is a real one, whose long streams last while others come and go.
 */
@Tag("engine")
@Timeout(180)
final class SeveralModelsTest {
  private static final Terms AT_START = new Terms(4, true, Duration.ZERO);
  private static final Terms AT_FIRST_USE = new Terms(4, false, Duration.ZERO);
  private static final int MANY = 900;

  @TempDir private Path folder;
  private TestModels models = new TestModels(Path.of(""), Bounds.DEFAULT);

  @BeforeEach
  void given() {
    Given.NATIVES.path();
    models = new TestModels(folder, Bounds.DEFAULT);
  }

  @AfterEach
  void close() throws IOException {
    models.close();
  }

  /** A long stream of which the first tokens have been read. */
  private record Running(RawHttp client, RawHttp.Head head, StringBuilder seen) {
    static Running start(TestModels models) throws IOException {
      RawHttp client = models.connect();
      client.send(models.request("long", MANY));
      var running = new Running(client, client.head(), new StringBuilder());
      running.readUntil(1);
      return running;
    }

    Events events() {
      return Events.of(seen.toString());
    }

    int deltas() {
      return (int) events().chunks().stream().filter(chunk -> chunk.has("choices")).count();
    }

    void readUntil(int deltas) throws IOException {
      while (deltas() < deltas) {
        seen.append(client.chunk().text());
      }
    }

    void assertWhole() throws IOException {
      for (RawHttp.Chunk chunk = client.chunk(); chunk.bytes().length > 0; ) {
        seen.append(chunk.text());
        chunk = client.chunk();
      }
      client.close();
      assertThat(events().finishReason()).isEqualTo("length");
      assertThat(events().usage().path("completion_tokens").asInt()).isEqualTo(MANY);
      assertThat(events().done()).isTrue();
    }
  }

  private void assertAnswers(String model) throws IOException {
    Response response = models.ask(model);
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    assertThat(response.events().finishReason()).isEqualTo("length");
    assertThat(response.events().chunks().getFirst().path("model").asString()).isEqualTo(model);
    LedgerRow row = models.row(response.head());
    assertThat(row.model()).isEqualTo(model);
    assertThat(row.outcome()).isEqualTo("completed");
    assertThat(row.completionTokens()).isEqualTo(3);
  }

  /** {@code long} is still in the middle of its answer. */
  private void assertRuns(Running stream) throws IOException {
    assertThat(models.streams()).isEqualTo(1);
    assertThat(stream.events().finishReason()).isEmpty();
  }

  @Test
  void eachAnswersByItselfAndALoadDisturbsNoStream() throws Exception {
    models.of("long", Given.MODEL.path(), AT_START).tiny("b", AT_FIRST_USE).start(100);
    assertThat(models.get("/v1/models").text()).contains("\"long\"", "\"b\"");
    assertThat(models.isLoaded("long")).isTrue();
    assertThat(models.isLoaded("b")).isFalse();
    assertThat(models.ready()).as("one that waits for its first use is no lack").isTrue();

    Running stream = Running.start(models);
    int before = stream.deltas();
    assertAnswers("b");
    assertThat(models.isLoaded("b")).isTrue();
    assertRuns(stream);
    stream.readUntil(before + 20);
    assertThat(models.process("long").pid()).isNotEqualTo(models.process("b").pid());
    stream.assertWhole();
    assertThat(models.row(stream.head()).outcome()).isEqualTo("completed");
    assertThat(models.get("/v1/models/b").json().path("context_length").asInt())
        .as(models.get("/v1/models/b").text())
        .isPositive();
  }

  @Test
  void anIdleOneIsUnloadedUnderAnothersStreamAndComesBack() throws Exception {
    var idle = new Terms(4, false, Duration.ofMillis(100));
    models.of("long", Given.MODEL.path(), AT_START).tiny("b", idle).start(100);
    Running stream = Running.start(models);
    assertAnswers("b");
    models.awaitLoaded("b", false);
    assertRuns(stream);
    assertAnswers("b");
    stream.assertWhole();
  }

  @Test
  void theLeastRecentlyUsedMakesRoomForAnother() throws Exception {
    models.tiny("a", AT_START).tiny("b", AT_FIRST_USE).tiny("c", AT_FIRST_USE).start(8);
    assertAnswers("b");
    assertAnswers("a");
    assertAnswers("c");
    assertThat(models.isLoaded("a")).isTrue();
    assertThat(models.isLoaded("b")).isFalse();
    assertThat(models.isLoaded("c")).isTrue();
    assertThat(models.ready()).isTrue();
  }

  @Test
  void oneThatAnswersIsNotUnloadedAndTheOtherIsRefused() throws Exception {
    Bounds short_ = Bounds.DEFAULT.with(Deadline.WORKER_WAIT, Duration.ofMillis(300));
    models = new TestModels(folder, short_);
    models.of("long", Given.MODEL.path(), AT_START).tiny("b", AT_FIRST_USE).start(7);
    Running stream = Running.start(models);
    Response refused = models.ask("b");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.error().path("code").asString()).isEqualTo("model_memory_full");
    assertThat(refused.field("Retry-After")).isEqualTo("5");
    LedgerRow row = models.row(refused.head());
    assertThat(row.outcome()).isEqualTo("failed");
    assertThat(row.status()).isEqualTo(503);
    assertThat(row.model()).isEqualTo("b");
    assertRuns(stream);
    stream.assertWhole();
    assertThat(models.isLoaded("long")).as("nobody waits for the other any more").isTrue();
    assertAnswers("b");
    assertThat(models.isLoaded("long")).isFalse();
  }

  @Test
  void whoWaitsGetsItsAnswerWhenTheMemoryIsFree() throws Exception {
    models.of("long", Given.MODEL.path(), AT_START).tiny("b", AT_FIRST_USE).start(7);
    Running stream = Running.start(models);
    try (RawHttp waits = models.connect()) {
      waits.send(models.request("b", 3));
      await().atMost(TestEngine.START).until(() -> models.streams() == 2);
      stream.client().close();
      assertThat(waits.response().events().finishReason()).isEqualTo("length");
    }
    assertThat(models.row(stream.head()).outcome()).isEqualTo("client_gone");
    assertThat(models.isLoaded("long")).isFalse();
  }

  @Test
  void whoLeavesWhileItWaitsIsForgotten() throws Exception {
    models.of("long", Given.MODEL.path(), AT_START).tiny("b", AT_FIRST_USE).start(7);
    Running stream = Running.start(models);
    try (RawHttp waits = models.connect()) {
      waits.send(models.request("b", 3));
      await().atMost(TestEngine.START).until(() -> models.streams() == 2);
    }
    await().atMost(TestEngine.START).until(() -> models.streams() == 1);
    stream.assertWhole();
    await().atMost(TestEngine.START).until(() -> models.rows().size() == 2);
    assertThat(models.rows())
        .extracting(LedgerRow::model, LedgerRow::outcome)
        .contains(tuple("b", "client_gone"));
    assertThat(models.isLoaded("long")).isTrue();
    assertThat(models.isLoaded("b")).isFalse();
  }

  @Test
  void whoLeavesWhileItsModelLoadsIsForgottenToo() throws Exception {
    models.tiny("b", AT_FIRST_USE).start(100);
    try (RawHttp leaves = models.connect()) {
      leaves.send(models.request("b", 3));
      await().atMost(TestEngine.START).until(() -> models.streams() == 1);
    }
    await().atMost(TestEngine.START).until(() -> models.streams() == 0);
    await().atMost(TestEngine.START).until(() -> models.rows().size() == 1);
    assertThat(models.rows().getFirst().outcome()).isEqualTo("client_gone");
    assertThat(models.rows().getFirst().completionTokens()).isZero();
    assertAnswers("b");
  }

  @Test
  void manyAtOnceWaitForOneLoad() throws Exception {
    models.tiny("b", AT_FIRST_USE).start(100);
    var clients =
        IntStream.range(0, 5)
            .mapToObj(
                _ -> {
                  try {
                    return models.connect().send(models.request("b", 3));
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                })
            .toList();
    for (RawHttp client : clients) {
      assertThat(client.response().events().finishReason()).isEqualTo("length");
      client.close();
    }
    assertThat(models.scrape()).contains("tayyar_worker_restarts_total 0");
  }

  @Test
  void aWorkerThatDiesTakesNoOtherWithIt() throws Exception {
    models.of("long", Given.MODEL.path(), AT_START).tiny("b", AT_START).start(100);
    Running stream = Running.start(models);
    ProcessHandle old = models.process("b");
    old.destroyForcibly();
    await().atMost(TestEngine.START).until(() -> !old.isAlive());
    assertAnswers("b");
    assertThat(models.process("b").pid()).isNotEqualTo(old.pid());
    assertRuns(stream);
    stream.assertWhole();
  }

  @Test
  void aDeathEndsItsOwnStreams() throws Exception {
    models.of("long", Given.MODEL.path(), AT_START).tiny("b", AT_START).start(100);
    Running stream = Running.start(models);
    models.process("long").destroyForcibly();
    assertAnswers("b");
    for (RawHttp.Chunk chunk = stream.client().chunk(); chunk.bytes().length > 0; ) {
      stream.seen().append(chunk.text());
      chunk = stream.client().chunk();
    }
    assertThat(stream.events().error().path("code").asString()).isEqualTo("upstream_failed");
    assertThat(models.row(stream.head()).outcome()).isEqualTo("failed");
    stream.client().close();
  }

  @Test
  void aBrokenFileIsToldAtItsFirstUseAndTakenUpOnceItIsMended() throws Exception {
    Path file = Files.writeString(folder.resolve("bad.gguf"), "I am no model.");
    models.of("bad", file, AT_FIRST_USE).tiny("b", AT_START).start(8);
    Response refused = models.ask("bad");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.error().path("code").asString()).isEqualTo("worker_restarting");
    assertThat(models.row(refused.head()).outcome()).isEqualTo("failed");
    assertThat(models.ready()).isTrue();
    assertAnswers("b");
    Files.copy(folder.resolve("b.gguf"), file, StandardCopyOption.REPLACE_EXISTING);
    await()
        .pollInterval(Duration.ofMillis(500))
        .atMost(TestEngine.START)
        .until(() -> models.ask("bad").status() == 200);
  }

  @Test
  void aReloadAddsAndRemovesAndLeavesTheOthersAlone() throws Exception {
    models.of("long", Given.MODEL.path(), AT_START).tiny("b", AT_START).start(100);
    long pid = models.process("b").pid();
    Running stream = Running.start(models);
    ProcessHandle leaving = models.process("long");
    models.tiny("c", AT_START).without("long").reload();
    assertThat(models.ask("long").status()).isEqualTo(404);
    assertThat(models.get("/v1/models").text()).contains("\"b\"", "\"c\"").doesNotContain("long");
    assertAnswers("c");
    assertThat(models.process("b").pid()).isEqualTo(pid);
    assertThat(leaving.isAlive()).as("it still answers").isTrue();
    stream.assertWhole();
    await().atMost(TestEngine.START).until(() -> !leaving.isAlive());
    assertThat(models.row(stream.head()).outcome()).isEqualTo("completed");
    assertAnswers("b");
  }
}
