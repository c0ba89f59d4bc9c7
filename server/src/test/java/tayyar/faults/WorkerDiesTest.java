package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.testing.Events;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestEngine;

/** The worker's process is killed: its streams end with an error, the next requests wait. */
@Tag("engine")
@Timeout(180)
class WorkerDiesTest {
  private static final String STORY = "Write a long story about a river.";

  @RegisterExtension
  static final TestEngine ENGINE =
      TestEngine.with(Bounds.DEFAULT.with(Deadline.WORKER_WAIT, TestEngine.START));

  @RegisterExtension
  static final TestEngine IMPATIENT =
      TestEngine.with(Bounds.DEFAULT.with(Deadline.WORKER_WAIT, Duration.ofMillis(20)));

  /** A stream of which the first tokens have been read. */
  private record Running(RawHttp client, RawHttp.Head head, StringBuilder seen) {
    static Running start(TestEngine engine) throws IOException {
      RawHttp client = engine.connect();
      client.send(Requests.post(engine.key(), TestEngine.question(STORY, 900).toString()));
      var running = new Running(client, client.head(), new StringBuilder());
      while (running.events().content().isEmpty()) {
        running.seen.append(client.chunk().text());
      }
      return running;
    }

    Events events() {
      return Events.of(seen.toString());
    }

    void readOn() throws IOException {
      for (RawHttp.Chunk chunk = client.chunk(); chunk.bytes().length > 0; ) {
        seen.append(chunk.text());
        chunk = client.chunk();
      }
    }
  }

  private static void assertBrokenOff(TestEngine engine, Running stream) throws IOException {
    stream.readOn();
    Events events = stream.events();
    assertThat(stream.head().status()).isEqualTo(200);
    assertThat(events.error().path("code").asString()).isEqualTo("upstream_failed");
    assertThat(events.error().path("type").asString()).isEqualTo("service_unavailable");
    assertThat(events.error().path("message").asString()).isNotBlank();
    assertThat(events.finishReason()).isEmpty();
    assertThat(events.done()).isTrue();
    LedgerRow row = engine.row(stream.head());
    assertThat(row.outcome()).isEqualTo("failed");
    assertThat(row.status()).isEqualTo(200);
    assertThat(row.completionTokens()).isPositive();
    assertThat(row.estimated()).isTrue();
    stream.client().close();
  }

  private static Response ask(TestEngine engine) throws IOException {
    return engine.chat(TestEngine.question("Say hello.", 5));
  }

  private static void assertAnswered(TestEngine engine, Response response) {
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    assertThat(response.events().error().isMissingNode()).isTrue();
    assertThat(response.events().content()).isNotBlank();
    assertThat(engine.row(response).outcome()).isEqualTo("completed");
    assertThat(engine.row(response).estimated()).isFalse();
  }

  @Test
  void inTheMiddleOfTwoStreams() throws IOException {
    Running one = Running.start(ENGINE);
    Running two = Running.start(ENGINE);
    long died = ENGINE.kill();
    Response next = ask(ENGINE);

    assertBrokenOff(ENGINE, one);
    assertBrokenOff(ENGINE, two);
    assertAnswered(ENGINE, next);
    assertThat(ENGINE.pid()).isNotEqualTo(died);
  }

  /**
   * As many failures as would open a breaker; the worker is the only target and is asked all the
   * same.
   */
  @Test
  void inTheMiddleOfManyStreams() throws Exception {
    List<Running> streams = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      streams.add(Running.start(ENGINE));
    }
    ENGINE.kill();
    for (Running stream : streams) {
      assertBrokenOff(ENGINE, stream);
    }
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var calls = Collections.nCopies(4, (Callable<Response>) () -> ask(ENGINE));
      for (Future<Response> answered : callers.invokeAll(calls)) {
        assertAnswered(ENGINE, answered.get());
      }
    }
  }

  @Test
  void againAndAgain() throws IOException {
    for (int i = 0; i < 3; i++) {
      ENGINE.kill();
      assertAnswered(ENGINE, ask(ENGINE));
    }
  }

  @Test
  void nobodyWaitsLongerThanTheDeadline() throws IOException {
    IMPATIENT.kill();
    Response refused = ask(IMPATIENT);

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.error().path("code").asString()).isEqualTo("worker_restarting");
    assertThat(refused.error().path("type").asString()).isEqualTo("service_unavailable");
    assertThat(refused.field("Retry-After")).matches("[0-9]+");
    assertThat(IMPATIENT.row(refused).outcome()).isEqualTo("failed");
    assertThat(IMPATIENT.row(refused).status()).isEqualTo(503);
    assertThat(IMPATIENT.row(refused).completionTokens()).isZero();
    Awaitility.await("the restart").atMost(TestEngine.START).until(IMPATIENT::ready);
    assertAnswered(IMPATIENT, ask(IMPATIENT));
  }
}
