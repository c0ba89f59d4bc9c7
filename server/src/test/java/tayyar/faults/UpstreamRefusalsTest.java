package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static tayyar.testing.Answers.chunk;
import static tayyar.testing.Answers.refusal;
import static tayyar.testing.Answers.stream;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Bounds;
import tayyar.testing.Gates;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.RawUpstream;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;

/** Refusals of an upstream that come too soon, too late, too large or not to their end. */
@Tag("socket")
@Timeout(60)
class UpstreamRefusalsTest {
  private static final Bounds BOUNDS =
      Gates.answer(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(40));

  private static String post(TestFleet fleet, int chars) {
    String body = Requests.chat(TestFleet.MODEL, "x".repeat(chars), false).toString();
    return Requests.post(fleet.key(), body);
  }

  private static RawUpstream answering(String bytes) throws IOException {
    return RawUpstream.start(
        request -> {
          request.body();
          request.peer().send(bytes);
        });
  }

  /** The upstream reads only the head, refuses and closes; the unread bytes cause a reset. */
  @ParameterizedTest
  @CsvSource({"413, 413, ''", "400, 400, ''", "401, 503, upstream_failed", "429, 503, queue_full"})
  void beforeTheRequestWasSentAndThenClosed(int theirs, int ours, String code) throws IOException {
    RawUpstream.Script refusing =
        request -> {
          String line = theirs + " No";
          request.peer().send(refusal(line, "too large", "Connection: close", "Retry-After: 0"));
          request.peer().close();
        };
    for (int chars : new int[] {100, 200_000, 5_000_000}) {
      try (var upstream = RawUpstream.start(refusing);
          var fleet = TestFleet.before(BOUNDS, upstream)) {
        Response response = fleet.send(post(fleet, chars));

        assertThat(response.status()).as(response.text()).isEqualTo(ours);
        assertThat(response.error().path("code").asString("")).isEqualTo(code);
        LedgerRow row = fleet.row(response);
        assertThat(row.outcome()).isEqualTo("failed");
        assertThat(row.status()).isEqualTo(ours);
        assertThat(row.tries()).doesNotContain("closed the connection");
        Awaitility.await().atMost(TestGateway.SOON).until(() -> upstream.open() == 0);
      }
    }
  }

  @Test
  void nobodyIsToBlameForARequestThatIsTooLarge() throws IOException {
    RawUpstream.Script choosy =
        request -> {
          if (request.head().contains("Content-Length: 5")) {
            request.peer().send(refusal("413 Payload Too Large", "too large", "Connection: close"));
            request.peer().close();
          } else {
            request.body();
            request.peer().send(stream("mine"));
          }
        };
    try (var first = RawUpstream.start(choosy);
        var second = answering(stream("second's"));
        var fleet = TestFleet.before(BOUNDS, first, second)) {
      for (int i = 0; i < 10; i++) {
        Response refused = fleet.send(post(fleet, 5_000_000));
        assertThat(refused.status()).as(refused.text()).isEqualTo(413);
        assertThat(fleet.row(refused).attempts()).isEqualTo(1);
        fleet.send(post(fleet, 100)).assertWhole(false, "mine");
      }
      assertThat(second.requests()).isEmpty();
    }
  }

  /** A close without an answer is an ordinary failure. */
  @Test
  void closedBeforeTheRequestWasSentAndNothingSaid() throws IOException {
    try (var first = RawUpstream.start(request -> request.peer().close());
        var second = answering(stream("second's"));
        var fleet = TestFleet.before(BOUNDS, first, second)) {
      Response response = fleet.send(post(fleet, 5_000_000));

      response.assertWhole(false, "second's");
      assertThat(fleet.row(response).tries()).contains("t0 upstream_failed");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"400 Bad Request", "500 Oh"})
  void aBodyWithoutAnEndIsReadToABound(String status) throws Exception {
    var sent = new CompletableFuture<Long>();
    RawUpstream.Script endless =
        request -> {
          request.body();
          String piece = chunk("x".repeat(100_000));
          long bytes = 0;
          try {
            request.peer().send("HTTP/1.1 " + status + "\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (bytes < 1_000_000_000) {
              request.peer().send(piece);
              bytes += piece.length();
            }
          } finally {
            sent.complete(bytes);
          }
        };
    try (var upstream = RawUpstream.start(endless);
        var fleet = TestFleet.before(BOUNDS, upstream)) {
      Response response = fleet.send(post(fleet, 100));

      assertThat(response.status()).isEqualTo(status.startsWith("400") ? 400 : 503);
      assertThat(fleet.row(response).status()).isEqualTo(response.status());
      assertThat(sent.get(10, TimeUnit.SECONDS)).isLessThan(50_000_000);
    }
  }

  /** The status counts; the words are passed on as far as they are understood. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBodyThatStopsIsNotWaitedForLong(boolean ends) throws IOException {
    String whole = refusal("400 Bad Request", "too long");
    String half = whole.substring(0, whole.length() - 3);
    String more = whole.replaceFirst("Content-Length: \\d+", "Content-Length: 1000");
    for (String bytes : new String[] {half, more}) {
      RawUpstream.Script stopping =
          request -> {
            request.body();
            request.peer().send(bytes);
            if (ends) {
              request.peer().end();
            }
          };
      try (var upstream = RawUpstream.start(stopping);
          var fleet = TestFleet.before(BOUNDS, upstream)) {
        long began = System.nanoTime();
        Response response = fleet.send(post(fleet, 100));

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.error().path("message").asString())
            .isEqualTo(bytes.equals(more) ? "too long" : "The model refused the request.");
        Awaitility.await().atMost(TestGateway.SOON).until(() -> upstream.open() == 0);
      }
    }
  }

  /** The upstream gave the idle connection up while the request was on its way. */
  @Test
  void a408OnAConnectionThatWasKeptIsNoAnswer() throws IOException {
    String late = refusal("408 Request Timeout", "late", "Connection: close");
    RawUpstream.Script script =
        request -> {
          request.body();
          request.peer().send(request.nth() == 1 ? stream("mine") : late);
        };
    try (var upstream = RawUpstream.start(script);
        var fleet = TestFleet.before(BOUNDS, upstream);
        RawHttp client = RawHttp.to(fleet.address())) {
      Response first = client.send(post(fleet, 9)).response();
      first.assertWhole(false, "mine");
      assertThat(fleet.row(first).tries()).isEmpty();
      for (int i = 0; i < 5; i++) {
        Response next = client.send(post(fleet, 9)).response();
        next.assertWhole(false, "mine");
        assertThat(fleet.row(next).attempts()).isEqualTo(1);
        assertThat(fleet.row(next).tries())
            .matches("t0 completed \\d+ ms, asked again on a new connection because it .* 408\\.");
      }
      assertThat(upstream.connections()).isEqualTo(6);
    }
  }

  @Test
  void a408OnANewConnectionIsAFailure() throws IOException {
    try (var upstream = answering(refusal("408 Request Timeout", "late"));
        var fleet = TestFleet.before(BOUNDS, upstream)) {
      Response response = fleet.send(post(fleet, 9));

      assertThat(response.error().path("code").asString()).isEqualTo("upstream_failed");
      assertThat(fleet.row(response).tries()).contains("status 408").doesNotContain("again");
      assertThat(upstream.requests()).hasSize(1);
    }
  }
}
