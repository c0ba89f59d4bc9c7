package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static tayyar.testing.Answers.END;
import static tayyar.testing.Answers.STREAM;
import static tayyar.testing.Answers.chunk;
import static tayyar.testing.Answers.events;
import static tayyar.testing.Answers.head;
import static tayyar.testing.Answers.refusal;
import static tayyar.testing.Answers.stream;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tayyar.api.Bounds;
import tayyar.testing.Gates;
import tayyar.testing.RawHttp;
import tayyar.testing.RawUpstream;
import tayyar.testing.RawUpstream.Request;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;

/** A connection to an upstream is reused only after answers whose end is beyond doubt. */
@Tag("socket")
@Timeout(30)
class KeptConnectionsTest {
  private static final String EVENTS = events("mine");
  private static final String CHUNKED = "Transfer-Encoding: chunked";
  private static final String LENGTH = "Content-Length: " + EVENTS.length();
  private static final String OK = "HTTP/1.1 200 OK";
  private static final String HINT = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  private static final String UNTYPED = "Content-Type: text/plain\r\n\r\n";
  private static final Bounds BOUNDS =
      Gates.answer(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(20));

  /**
   * An answer.
   *
   * @param status what the client sees of it
   */
  record Case(String name, int status, String bytes) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case good(String name, String bytes) {
    return new Case(name, 200, bytes);
  }

  private static Case bad(String name, String bytes) {
    return new Case(name, 503, bytes);
  }

  static Stream<Case> kept() {
    return Stream.of(
        good("everyday", stream("mine")),
        good(
            "many chunks",
            STREAM + chunk(EVENTS.substring(0, 9)) + chunk(EVENTS.substring(9)) + END),
        good("extension", STREAM + chunk(EVENTS).replaceFirst("\r", ";a=b\r") + END),
        good("trailers", STREAM + chunk(EVENTS) + "0\r\nX-T: 1\r\nX-U: 2\r\n\r\n"),
        good("length", head(OK, LENGTH) + EVENTS),
        good("keep-alive", head(OK, "Connection: keep-alive", CHUNKED) + chunk(EVENTS) + END),
        good("coding in capitals", head(OK, "TRANSFER-ENCODING: CHUNKED") + chunk(EVENTS) + END),
        good("no reason", head("HTTP/1.1 200 ", CHUNKED) + chunk(EVENTS) + END),
        good("100", "HTTP/1.1 100 Continue\r\n\r\n" + stream("mine")),
        good("102", "HTTP/1.1 102 Processing\r\n\r\n" + stream("mine")),
        good("103", HINT + stream("mine")),
        good("199 with a length", "HTTP/1.1 199 x\r\nContent-Length: 3\r\n\r\n" + stream("mine")),
        good("many of them", HINT.repeat(20) + head(OK, LENGTH) + EVENTS),
        good("left behind its DONE", STREAM + chunk(EVENTS) + chunk(": and more\n\n") + END),
        new Case("refusal", 400, refusal("400 Bad Request", "no")),
        bad("failure", refusal("500 Oh", "no")),
        bad("redirect", "HTTP/1.1 307 x\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"));
  }

  static Stream<Case> closed() {
    return Stream.of(
        good("HTTP/1.0", head("HTTP/1.0 200 OK", LENGTH) + EVENTS),
        good("HTTP/1.0, kept", head("HTTP/1.0 200 OK", "Connection: keep-alive", LENGTH) + EVENTS),
        good("HTTP/1.2", head("HTTP/1.2 200 OK", LENGTH) + EVENTS),
        good("close", head(OK, "Connection: close", CHUNKED) + chunk(EVENTS) + END),
        good("close among others", head(OK, "Connection: x, Close", LENGTH) + EVENTS),
        good("until it closes", head(OK) + EVENTS),
        good("identity", head(OK, "Transfer-Encoding: identity", LENGTH) + EVENTS),
        good("another answer behind", stream("mine") + stream("yours")),
        good("another behind a length", head(OK, LENGTH) + EVENTS + stream("yours")),
        good(
            "another behind trailers",
            STREAM + chunk(EVENTS) + "0\r\nA: b\r\n\r\n" + stream("you")),
        good("half a head behind", stream("mine") + "HTTP/1.1 200 OK\r\nX: "),
        good("an empty line behind", stream("mine") + "\r\n"),
        good("an empty line behind a length", head(OK, LENGTH) + EVENTS + "\r\n"),
        good("a byte behind", stream("mine") + "\0"),
        good("an interim answer behind", stream("mine") + HINT),
        good(
            "much left behind its DONE", STREAM + chunk(EVENTS) + chunk("\n".repeat(20_000)) + END),
        good("a bad chunk behind its DONE", STREAM + chunk(EVENTS) + "x\r\n\r\n" + END),
        bad("204", "HTTP/1.1 204 No Content\r\n\r\n"),
        bad("204 with a body", "HTTP/1.1 204 x\r\n" + LENGTH + "\r\n\r\n" + EVENTS),
        bad("205", "HTTP/1.1 205 x\r\nContent-Length: 0\r\n\r\n"),
        bad("304 with a body", "HTTP/1.1 304 x\r\n" + LENGTH + "\r\n\r\n" + EVENTS),
        bad("length and chunks", head(OK, LENGTH, CHUNKED) + chunk(EVENTS) + END),
        bad("two lengths", head(OK, LENGTH, "Content-Length: 5") + EVENTS),
        bad("two lengths in one", head(OK, LENGTH + ", 5") + EVENTS),
        bad("the same length twice", head(OK, LENGTH, LENGTH) + EVENTS),
        bad("no length", head(OK, "Content-Length: x") + EVENTS),
        bad("a length below zero", head(OK, "Content-Length: -1") + EVENTS),
        bad("a length with a sign", head(OK, "Content-Length: +9") + EVENTS),
        bad("chunked is not the last", head(OK, "Transfer-Encoding: chunked, gzip") + EVENTS),
        bad("chunked twice", head(OK, CHUNKED, CHUNKED) + chunk(EVENTS) + END),
        bad("chunks in HTTP/1.0", head("HTTP/1.0 200 OK", CHUNKED) + chunk(EVENTS) + END),
        bad(
            "101",
            "HTTP/1.1 101 x\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n" + stream("mine")),
        bad(
            "a body behind 100",
            "HTTP/1.1 100 x\r\nContent-Length: 5\r\n\r\nhello" + stream("mine")),
        bad("too many interim ones", HINT.repeat(40) + stream("mine")),
        bad(
            "too large ones",
            "HTTP/1.1 103 x\r\nX: %s\r\n\r\n".formatted("x".repeat(40_000)).repeat(2)),
        bad("status 99", "HTTP/1.1 099 x\r\nContent-Length: 0\r\n\r\n"),
        bad("a folded status", "HTTP/1.1\r\n 200 OK\r\n" + UNTYPED),
        good("a space before a colon", head(OK, "Content-Length : " + EVENTS.length()) + EVENTS),
        good(
            "two lengths before a colon",
            head(OK, "Content-Length 7: " + EVENTS.length()) + EVENTS),
        bad("a folded coding", head(OK, "Transfer-Encoding:\r\n chunked") + chunk(EVENTS) + END),
        good("a trailer without a colon", STREAM + chunk(EVENTS) + "0\r\nno colon\r\n\r\n"),
        bad("a field without a colon", OK + "\r\nno colon\r\n" + UNTYPED + "no events"),
        bad("no HTTP", "SSH-2.0-x\r\n\r\n"),
        bad("a bad chunk", STREAM + "x\r\n" + EVENTS + END),
        bad("a chunk with another end", STREAM + chunk(EVENTS.substring(0, 5)).replace("\r", "")),
        new Case("refusal that closes", 400, refusal("400 x", "no", "Connection: close")));
  }

  private static RawHttp ask(RawHttp client, TestFleet fleet, String text) throws IOException {
    String body = Requests.chat(TestFleet.MODEL, text, false).toString();
    return client.send(Requests.post(fleet.key(), body));
  }

  /** Asks twice on one connection, so on one event loop; the second answer is a good one. */
  private static List<Request> askTwice(Case one) throws IOException {
    RawUpstream.Script script =
        request -> {
          boolean first = request.body().contains("first");
          request.peer().send(first ? one.bytes() : stream("second's"));
          if (first && one.name().equals("until it closes")) {
            request.peer().end();
          }
        };
    try (var upstream = RawUpstream.start(script);
        var fleet = TestFleet.before(BOUNDS, upstream);
        RawHttp client = RawHttp.to(fleet.address())) {
      Response first = ask(client, fleet, "first").response();
      assertThat(first.status()).as(first.text()).isEqualTo(one.status());
      if (one.status() == 200) {
        first.assertWhole(false, "mine");
      }
      assertThat(fleet.row(first).outcome())
          .isEqualTo(one.status() == 200 ? "completed" : "failed");
      Response second = ask(client, fleet, "second").response();
      second.assertWhole(false, "second's");
      return upstream.requests();
    }
  }

  @ParameterizedTest
  @MethodSource
  void kept(Case one) throws IOException {
    List<Request> requests = askTwice(one);

    assertThat(requests).hasSize(2);
    assertThat(requests.getLast().nth()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource
  void closed(Case one) throws IOException {
    List<Request> requests = askTwice(one);

    assertThat(requests).hasSize(2);
    assertThat(requests.getLast().nth()).isEqualTo(1);
  }
}
