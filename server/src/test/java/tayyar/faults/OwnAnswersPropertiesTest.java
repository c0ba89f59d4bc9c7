package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tayyar.api.Bounds;
import tayyar.testing.Cases;
import tayyar.testing.Gates;
import tayyar.testing.RawUpstream;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;

/**
 * Whatever an upstream sends, and whenever, each client gets the answer to its own request or an
 * error. No connection is reused after an answer without a certain end.
 */
@Tag("socket")
@Timeout(240)
class OwnAnswersPropertiesTest {
  private static final int CASES = 15;
  private static final int CLIENTS = 4;
  private static final int REQUESTS = 8;
  private static final int LARGE_BYTES = 6_000_000;
  private static final Bounds BOUNDS =
      Gates.answer(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(30));

  @Test
  void everybodyGetsTheirOwn() {
    Cases.times(CASES, OwnAnswersPropertiesTest::play);
  }

  private static void play(RandomGenerator random) throws Exception {
    long seed = random.nextLong();
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    try (var upstream = RawUpstream.start(new OddUpstream(seed, wrong));
        var fleet = TestFleet.before(BOUNDS, upstream);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<String> keys = List.of(fleet.key(), fleet.newKey());
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int client = i;
        String key = keys.get(i % keys.size());
        clients.add(threads.submit(() -> ask(fleet, seed, client, key)));
      }
      for (Future<?> client : clients) {
        get(client);
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static void get(Future<?> client) throws Exception {
    try {
      client.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  private static Void ask(TestFleet fleet, long seed, int client, String key) {
    for (int nth = 0; nth < REQUESTS; nth++) {
      String token = "own-" + client + "-" + nth + "-";
      OddAnswer meant = OddAnswer.of(seed, token);
      String text = token + " " + (meant.isEarly() ? "x".repeat(LARGE_BYTES) : "please");
      boolean stream = nth % 2 == 0;
      String body = Requests.chat(TestFleet.MODEL, text, stream).toString();
      check(token, meant, stream, send(fleet, Requests.post(key, body)));
    }
    return null;
  }

  /** While the target is tried after many failures, others are not sent there. */
  private static Response send(TestFleet fleet, String request) {
    return Awaitility.await()
        .atMost(TestGateway.SOON)
        .until(() -> fleet.send(request), answer -> !answer.text().contains("\"no_target\""));
  }

  private static void check(String token, OddAnswer meant, boolean stream, Response response) {
    String said = meant + ": " + response.status() + " " + response.text();
    assertThat(response.text().replace(token, "")).doesNotContain("own-", OddAnswer.STALE);
    switch (meant.right()) {
      case ANSWERED -> {
        assertThat(response.status()).as(said).isEqualTo(200);
        response.assertWhole(stream, token);
      }
      case REFUSED -> {
        assertThat(response.status()).as(said).isEqualTo(meant.status());
        assertThat(response.error().path("message").asString()).isEqualTo(token);
      }
      case FAILED -> assertFailed(token, response);
    }
  }

  private static void assertFailed(String token, Response response) {
    if (response.status() == 200) {
      assertThat(token).startsWith(response.events().content());
      assertThat(response.events().error().path("code").asString()).isEqualTo("upstream_failed");
      assertThat(response.events().done()).isTrue();
    } else {
      assertThat(response.error().path("code").asString()).isEqualTo("upstream_failed");
    }
  }
}
