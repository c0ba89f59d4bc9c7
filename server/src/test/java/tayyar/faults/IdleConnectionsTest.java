package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static tayyar.testing.Answers.END;
import static tayyar.testing.Answers.STREAM;
import static tayyar.testing.Answers.chunk;
import static tayyar.testing.Answers.events;
import static tayyar.testing.Answers.refusal;
import static tayyar.testing.Answers.stream;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.Offer.Remote;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.api.Target;
import tayyar.testing.Gates;
import tayyar.testing.RawHttp;
import tayyar.testing.RawUpstream;
import tayyar.testing.RawUpstream.Peer;
import tayyar.testing.RawUpstream.Request;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tayyar.testing.TlsUpstream;

/** Connections to an upstream between two requests, or while one side is not done. */
@Tag("socket")
@Timeout(30)
class IdleConnectionsTest {
  private static final int LARGE_BYTES = 15_000_000;
  private static final Bounds BOUNDS =
      Gates.answer(Duration.ofSeconds(8), Duration.ofSeconds(8), Duration.ofSeconds(20));

  private static String post(TestFleet fleet, String text) {
    String body = Requests.chat(TestFleet.MODEL, text, false).toString();
    return Requests.post(fleet.key(), body);
  }

  private static Response ask(TestFleet fleet, RawHttp client, String text) throws IOException {
    return client.send(post(fleet, text)).response();
  }

  private static Request last(RawUpstream upstream) {
    return upstream.requests().getLast();
  }

  private static void awaitOpen(RawUpstream upstream, int count) {
    Awaitility.await("connections to be closed")
        .atMost(TestGateway.SOON)
        .until(() -> upstream.open() == count);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-Half: ",
        "\r\n",
        " ",
        "H"
      })
  void bytesBetweenTwoRequestsCloseIt(String bytes) throws IOException {
    try (var upstream = RawUpstream.start(request -> request.peer().send(stream("mine")));
        var fleet = TestFleet.before(BOUNDS, upstream);
        RawHttp client = RawHttp.to(fleet.address())) {
      ask(fleet, client, "first").assertWhole(false, "mine");
      last(upstream).peer().send(bytes);
      awaitOpen(upstream, 0);

      ask(fleet, client, "second").assertWhole(false, "mine");
      assertThat(upstream.connections()).isEqualTo(2);
    }
  }

  /** Connections over TLS are kept as well; half a record between two requests closes them. */
  @Test
  void bytesBetweenTwoRequestsOverTlsCloseIt(@TempDir Path folder) throws Exception {
    SSLContext tls = TlsUpstream.context(folder);
    Path certificate = TlsUpstream.certificate(folder);
    try (var upstream = RawUpstream.start(tls, request -> request.peer().send(stream("mine")));
        var fleet =
            TestFleet.start(List.of(), _ -> List.of(behindTls(upstream.target("t", certificate))));
        RawHttp client = RawHttp.to(fleet.address())) {
      for (String bytes : List.of("\u0017\u0003\u0003\u0001\u0000abc", "\u0017")) {
        ask(fleet, client, "first").assertWhole(false, "mine");
        ask(fleet, client, "second").assertWhole(false, "mine");
        assertThat(last(upstream).nth()).isEqualTo(2);
        last(upstream).peer().sendRaw(bytes);
        awaitOpen(upstream, 0);
      }
      assertThat(upstream.connections()).isEqualTo(2);
    }
  }

  private static Remote behindTls(Target target) {
    return TestFleet.model(TestFleet.MODEL, TestFleet.rules(BOUNDS), List.of(target));
  }

  @Test
  void anAnswerThatDoesNotEndBehindItsDoneIsNotWaitedForLong() throws IOException {
    RawUpstream.Script script =
        request -> {
          request.peer().send(STREAM + chunk(events("mine")));
          if (request.peer().number() > 1) {
            request.peer().send(END);
          }
        };
    try (var upstream = RawUpstream.start(script);
        var fleet = TestFleet.before(BOUNDS, upstream);
        RawHttp client = RawHttp.to(fleet.address())) {
      ask(fleet, client, "first").assertWhole(false, "mine");
      ask(fleet, client, "second").assertWhole(false, "mine");

      assertThat(last(upstream).peer().number()).isEqualTo(2);
      awaitOpen(upstream, 1);
      ask(fleet, client, "third").assertWhole(false, "mine");
      assertThat(last(upstream).peer().number()).isEqualTo(2);
    }
  }

  @Test
  void anEndThatComesLateMakesItFreeAgain() throws IOException {
    try (var upstream =
            RawUpstream.start(request -> request.peer().send(STREAM + chunk(events("mine"))));
        var fleet = TestFleet.before(BOUNDS, upstream);
        RawHttp client = RawHttp.to(fleet.address())) {
      ask(fleet, client, "first").assertWhole(false, "mine");
      last(upstream).peer().send(END);

      ask(fleet, client, "second").assertWhole(false, "mine");
      assertThat(last(upstream).nth()).isEqualTo(2);
    }
  }

  /** The end came late, together with another answer. */
  @Test
  void anEndThatComesLateWithAnotherAnswerDoesNot() throws IOException {
    try (var upstream =
            RawUpstream.start(request -> request.peer().send(STREAM + chunk(events("mine"))));
        var fleet = TestFleet.before(BOUNDS, upstream);
        RawHttp client = RawHttp.to(fleet.address())) {
      ask(fleet, client, "first").assertWhole(false, "mine");
      last(upstream).peer().send(END + stream("yours"));

      ask(fleet, client, "second").assertWhole(false, "mine");
      assertThat(last(upstream).peer().number()).isEqualTo(2);
    }
  }

  @Test
  void interimAnswersDoNotMakeTheFirstTokenWait() throws IOException {
    Duration most = Duration.ofMillis(700);
    RawUpstream.Script endless =
        request -> {
          // Enough to be noticed, and fewer than are allowed.
          for (int i = 0; i < 25; i++) {
            request.peer().send("HTTP/1.1 102 Processing\r\n\r\n");
            RawUpstream.pause(100, () -> false);
          }
          request.peer().send(stream("late"));
        };
    try (var upstream = RawUpstream.start(endless);
        var fleet =
            TestFleet.before(
                Gates.answer(most, most, BOUNDS.of(Deadline.TOTAL)).with(Deadline.WHOLE, most),
                upstream)) {
      Response response = fleet.send(post(fleet, "hello"));

      assertThat(response.error().path("code").asString()).isEqualTo("upstream_timeout");
      assertThat(fleet.row(response).outcome()).isEqualTo("timed_out");
      awaitOpen(upstream, 0);
    }
  }

  @Test
  void anAnswerBeforeTheWholeRequestIsTheLastOfItsConnection() throws Exception {
    var asked = new CountDownLatch(1);
    RawUpstream.Script script =
        request -> {
          request.peer().send(refusal("400 Bad Request", "too long"));
          await(asked);
        };
    try (var upstream = RawUpstream.start(script);
        var fleet = TestFleet.before(BOUNDS, upstream);
        RawHttp client = RawHttp.to(fleet.address())) {
      Response refused = ask(fleet, client, "x".repeat(LARGE_BYTES));
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.error().path("message").asString()).isEqualTo("too long");

      assertThat(ask(fleet, client, "short").status()).isEqualTo(400);
      assertThat(last(upstream).peer().number()).isEqualTo(2);
      asked.countDown();
      awaitOpen(upstream, 1);
    }
  }

  /** It may be the answer to an earlier request, so it is dropped. */
  @Test
  void anAnswerThatIsThereBeforeALaterRequestIsNotGivenToIt() throws Exception {
    var answered = new CountDownLatch(1);
    RawUpstream.Script script =
        request -> {
          if (request.nth() == 2) {
            request.peer().send(stream("yours"));
            await(answered);
          } else {
            request.body();
            request.peer().send(stream("mine"));
          }
        };
    try (var upstream = RawUpstream.start(script);
        var fleet = TestFleet.before(BOUNDS, upstream);
        RawHttp client = RawHttp.to(fleet.address())) {
      ask(fleet, client, "first").assertWhole(false, "mine");
      Response second = ask(fleet, client, "x".repeat(LARGE_BYTES));
      answered.countDown();

      second.assertWhole(false, "mine");
      assertThat(upstream.requests()).hasSize(3);
      assertThat(fleet.row(second).attempts()).isEqualTo(1);
    }
  }

  @Test
  void aRequestThatIsGivenUpHalfSentTakesItsConnectionWithIt() throws Exception {
    var left = new CountDownLatch(1);
    var rest = new CompletableFuture<Integer>();
    RawUpstream.Script script =
        request -> {
          if (request.peer().number() == 1) {
            await(left);
            rest.complete(restOf(request.peer()));
          } else {
            request.body();
            request.peer().send(stream("mine"));
          }
        };
    try (var upstream = RawUpstream.start(script);
        var fleet = TestFleet.before(BOUNDS, upstream)) {
      try (RawHttp client = RawHttp.to(fleet.address())) {
        client.send(post(fleet, "x".repeat(LARGE_BYTES)));
        Awaitility.await().atMost(TestGateway.SOON).until(() -> upstream.requests().size() == 1);
      }
      assertThat(fleet.rowOfWhoLeft().outcome()).isEqualTo("client_gone");
      left.countDown();

      assertThat(rest.get(10, TimeUnit.SECONDS)).isLessThan(LARGE_BYTES);
      fleet.send(post(fleet, "next")).assertWhole(false, "mine");
      assertThat(last(upstream).nth()).isEqualTo(1);
    }
  }

  /** Reading stops for a slow client, and goes on for the next request. */
  @Test
  void aConnectionThatWasPausedServesAgain() throws IOException {
    String text = "x".repeat(200_000);
    var sent = new AtomicInteger();
    RawUpstream.Script script =
        request -> {
          request.body();
          for (int i = 0; i < 100; i++) {
            request.peer().send((i == 0 ? STREAM : "") + chunk(delta(text)));
            sent.incrementAndGet();
          }
          request.peer().send(chunk(events("end")) + END);
        };
    try (var upstream = RawUpstream.start(script);
        var fleet = TestFleet.before(BOUNDS, upstream);
        RawHttp client = RawHttp.to(fleet.address(), 4096)) {
      String body = Requests.chat(TestFleet.MODEL, "hello", true).toString();
      for (int nth = 1; nth <= 2; nth++) {
        sent.set(0);
        client.send(Requests.post(fleet.key(), body));
        Awaitility.await().atMost(TestGateway.SOON).until(() -> stands(sent));
        assertThat(sent).hasValueLessThan(100);
        Response response = client.response();

        assertThat(response.events().content()).hasSize(100 * text.length() + "end".length());
        assertThat(last(upstream).nth()).isEqualTo(nth);
      }
    }
  }

  /** Whether some tokens were sent and none has followed for a moment. */
  private static boolean stands(AtomicInteger sent) {
    int before = sent.get();
    RawUpstream.pause(200, () -> sent.get() > before);
    return before > 0 && sent.get() == before;
  }

  private static String delta(String text) {
    return "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}\n\n";
  }

  /** A reset counts as an end, too. */
  private static int restOf(Peer peer) {
    try {
      return peer.rest();
    } catch (IOException e) {
      return 0;
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
