package tayyar.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.ReceivedRequest.How;
import tayyar.testing.Events;
import tayyar.testing.Http2Frames;
import tayyar.testing.Http2Frames.Frame;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;

/** What a client of HTTP/2 can do that one of HTTP/1.1 cannot. */
@Tag("socket")
class Http2Test {
  private static final int NO_ERROR = 0;
  private static final int PROTOCOL_ERROR = 1;

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static Http2Frames connect(int... settings) throws IOException {
    return Http2Frames.to(GATEWAY.address(), settings);
  }

  private static String chat(String text) {
    return Requests.chat(TestGateway.MODEL, text, true).toString();
  }

  private static ReceivedRequest held() {
    ReceivedRequest upstream = GATEWAY.upstream();
    upstream.awaitHeld(TestGateway.SOON);
    return upstream;
  }

  @Test
  void eachEventIsOneFrame() throws IOException {
    try (Http2Frames client = connect()) {
      client.chat(1, GATEWAY.key(), chat("[[tokens=20 pace=3ms]]"));
      assertThat(client.status(1)).isEqualTo(200);
      StringBuilder all = new StringBuilder();
      Frame frame;
      int frames = 0;
      do {
        frame = client.await(Http2Frames.DATA, 1);
        assertThat(frame.text()).endsWith("\n\n");
        all.append(frame.text());
        frames++;
      } while (!frame.ends());

      Events events = Events.of(all.toString());
      assertThat(events.done()).isTrue();
      assertThat(frames).isBetween(15, events.all().size() + 1);
    }
  }

  @Test
  void theHeadIsOfHttp2() throws IOException {
    try (Http2Frames client = connect()) {
      client.get(1, "/health");
      var fields = client.fields(client.await(Http2Frames.HEADERS, 1));

      assertThat(fields).extracting(field -> field.getKey()).contains("x-request-id", "date");
      assertThat(fields)
          .allMatch(field -> field.getKey().equals(field.getKey().toLowerCase(Locale.ROOT)))
          .noneMatch(
              field ->
                  List.of("connection", "keep-alive", "transfer-encoding")
                      .contains(field.getKey()));
      assertThat(client.body(1)).isEqualTo("{\"status\":\"ok\"}");
    }
  }

  @Test
  void aResetStreamIsLetGoAtOnceAndItsNeighboursGoOn() throws IOException {
    String key = GATEWAY.newKey(100);
    try (Http2Frames client = connect()) {
      client.chat(1, key, chat("[[tokens=5 hold@0]]"));
      ReceivedRequest first = held();
      client.chat(3, GATEWAY.key(), chat("[[tokens=5 hold@2]]"));
      ReceivedRequest second = held();
      client.reset(1);

      assertThat(first.awaitEnd(TestGateway.SOON))
          .isEqualTo(new ReceivedRequest.ResponseEnd(How.PEER_LEFT, 0));
      assertThat(GATEWAY.rowOf(key).outcome()).isEqualTo("client_gone");
      second.release();
      assertThat(client.status(3)).isEqualTo(200);
      assertThat(Events.of(client.body(3)).done()).isTrue();
    }
  }

  @Test
  void anErrorBeforeTheStreamHasItsStatusAndEnvelope() throws IOException {
    try (Http2Frames client = connect()) {
      client.chat(1, "sk-nobody", chat("[[tokens=5]]"));
      assertThat(client.status(1)).isEqualTo(401);
      assertThat(client.body(1)).contains("\"code\":\"invalid_api_key\"");
      client.chat(3, GATEWAY.key(), chat("[[tokens=1]]"));
      assertThat(client.status(3)).isEqualTo(200);
      assertThat(Events.of(client.body(3)).done()).isTrue();
    }
  }

  @Test
  void anErrorInTheStreamIsAnEventAndAnEnd() throws IOException {
    try (Http2Frames client = connect()) {
      client.chat(1, GATEWAY.key(), chat("[[tokens=5 cut@2]]"));
      assertThat(client.status(1)).isEqualTo(200);
      Events events = Events.of(client.body(1));
      assertThat(events.error().isMissingNode()).isFalse();
      assertThat(events.done()).isTrue();
    }
  }

  @Test
  void theBodyMayWaitForOurWord() throws IOException {
    try (Http2Frames client = connect()) {
      String body = chat("[[tokens=1]]");
      client.headers(1, false, Http2Frames.chatFields(GATEWAY.key(), "expect", "100-continue"));
      assertThat(client.status(1)).isEqualTo(100);
      client.send(Http2Frames.DATA, Http2Frames.END_STREAM, 1, body.getBytes(UTF_8));
      assertThat(client.status(1)).isEqualTo(200);
      assertThat(Events.of(client.body(1)).done()).isTrue();
    }
  }

  /** A head that is all of a request has no body to wait for, whatever it expects. */
  @Test
  void nobodyIsToldToGoOnBehindTheEnd() throws IOException {
    try (Http2Frames client = connect()) {
      client.headers(1, true, Http2Frames.chatFields(GATEWAY.key(), "expect", "100-continue"));
      assertThat(client.status(1)).isEqualTo(400);
    }
  }

  @Test
  void aLargeBodyComesThroughTheWindow() throws IOException {
    try (Http2Frames client = connect()) {
      String text = "[[tokens=1]] " + "x".repeat(1_000_000);
      byte[] body = chat(text).getBytes(US_ASCII);
      client.headers(1, false, Http2Frames.chatFields(GATEWAY.key()));
      // 200,000 fit in the window that is given at the beginning; the rest waits to be asked for.
      int window = 200_000;
      for (int from = 0; from < body.length; from += 10_000) {
        while (window < 10_000) {
          Frame more = client.await(Http2Frames.WINDOW_UPDATE, 1);
          window += more.number(0);
        }
        window -= 10_000;
        int to = Math.min(body.length, from + 10_000);
        client.send(
            Http2Frames.DATA,
            to == body.length ? Http2Frames.END_STREAM : 0,
            1,
            Arrays.copyOfRange(body, from, to));
      }
      assertThat(client.status(1)).isEqualTo(200);
      assertThat(Events.of(client.body(1)).done()).isTrue();
      assertThat(GATEWAY.upstream().body().toString().length()).isGreaterThan(1_000_000);
    }
  }

  @Test
  void anOfferToUpgradeIsAnsweredOverHttp1() throws IOException {
    try (RawHttp client = RawHttp.to(GATEWAY.address())) {
      Response response =
          client
              .send(
                  """
                  GET /health HTTP/1.1
                  Host: test
                  Connection: Upgrade, HTTP2-Settings
                  Upgrade: h2c
                  HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABk

                  """
                      .replace("\n", "\r\n"))
              .response();
      assertThat(response.status()).isEqualTo(200);
      assertThat(client.send(Requests.bare("GET", "/health")).response().status()).isEqualTo(200);
    }
  }

  @Test
  void aPrefaceInPiecesIsOne() throws IOException {
    try (Http2Frames client = Http2Frames.silent(GATEWAY.address())) {
      for (byte each : "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII)) {
        client.bytes(new byte[] {each});
      }
      client.send(Http2Frames.SETTINGS, 0, 0).get(1, "/health");
      assertThat(client.status(1)).isEqualTo(200);
    }
  }

  /** A preface behind a request, or with a field, is a broken request as it always was. */
  @Test
  void aPrefaceComesFirst() throws IOException {
    for (String before : List.of("GET /health HTTP/1.1\r\nHost: test\r\n\r\n", "")) {
      try (RawHttp client = RawHttp.to(GATEWAY.address())) {
        String field = before.isEmpty() ? "Host: test\r\n" : "";
        client.send(before + "PRI * HTTP/2.0\r\n" + field + "\r\nSM\r\n\r\n");
        if (!before.isEmpty()) {
          assertThat(client.response().status()).isEqualTo(200);
        }
        assertThat(client.response().status()).isEqualTo(400);
      }
    }
  }

  /** Forms that two servers may read differently; those that h2spec does not send. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "host=other",
        "transfer-encoding=chunked",
        "upgrade=h2c",
        "proxy-connection=close",
        ":protocol=websocket",
        "x-name=a\r\nb: c",
        "x-name=a\u0000b",
        "x-name= a",
        "x-name=a ",
        "x name=a",
        "x:name=a",
        "content-length=5",
        "content-length=1,2",
        "content-length=+0"
      })
  void aMalformedRequestIsReset(String field) throws IOException {
    String[] pair = field.split("=", 2);
    try (Http2Frames client = connect()) {
      if (pair[0].startsWith(":")) {
        client.headers(
            1, true, ":method", "GET", ":scheme", "http", ":path", "/health", pair[0], pair[1]);
      } else {
        client.get(1, "/health", pair[0], pair[1]);
      }
      Frame reset = client.await(Http2Frames.RST_STREAM, 1);
      assertThat(reset.number(0)).isEqualTo(PROTOCOL_ERROR);
      client.get(3, "/health");
      assertThat(client.status(3)).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://other/health", "health", "//a b"})
  void aPathIsAPath(String path) throws IOException {
    try (Http2Frames client = connect()) {
      client.get(1, path);
      assertThat(client.await(Http2Frames.RST_STREAM, 1).number(0)).isEqualTo(PROTOCOL_ERROR);
    }
  }

  @ParameterizedTest
  @CsvSource({"http, 200", "https, 200", "HTTP, 200", "ftp, 400", "file, 400"})
  void aSchemeIsOneOfOurs(String scheme, int status) throws IOException {
    try (Http2Frames client = connect()) {
      client.headers(
          1, true, ":method", "GET", ":scheme", scheme, ":path", "/health", ":authority", "test");
      assertThat(client.status(1)).isEqualTo(status);
      String body = client.body(1);
      assertThat(body.contains("its scheme is neither http nor https")).isEqualTo(status == 400);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"user@test", "a b", "test,other"})
  void anAuthorityIsANameOrAddress(String authority) throws IOException {
    try (Http2Frames client = connect()) {
      client.headers(
          1, true, ":method", "GET", ":scheme", "http", ":path", "/", ":authority", authority);
      assertThat(client.status(1)).isEqualTo(400);
    }
  }

  @Test
  void aStalledStreamDoesNotHoldItsNeighbours() throws IOException {
    try (Http2Frames client = connect(Http2Frames.INITIAL_WINDOW_SIZE, 0)) {
      client.chat(1, GATEWAY.key(), chat("[[tokens=2000]]"));
      client.chat(3, GATEWAY.key(), chat("[[tokens=50]]"));
      client.window(3, 1_000_000);
      assertThat(client.status(3)).isEqualTo(200);
      assertThat(Events.of(client.body(3)).done()).isTrue();
      client.reset(1);
    }
  }

  @Test
  void aConnectionThatIsGivenUpIsToldSo() throws IOException {
    try (Http2Frames client = connect()) {
      for (int stream = 1; stream < 400; stream += 2) {
        client.chat(stream, "sk-nobody" + stream, chat("x"));
        if (client.status(stream) == 429) {
          break;
        }
      }
      assertThat(client.goneAway()).isEqualTo(NO_ERROR);
      client.closed();
    }
  }
}
