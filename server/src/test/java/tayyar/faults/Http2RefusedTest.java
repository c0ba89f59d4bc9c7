package tayyar.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.simulate.ReceivedRequest;
import tayyar.testing.Events;
import tayyar.testing.Http2Frames;
import tayyar.testing.Requests;
import tayyar.testing.TestGateway;

/** A stream that is refused ends by itself, whatever its client had already sent on it. */
@Tag("socket")
final class Http2RefusedTest {
  private static final int STREAMS = 2;
  private static final int REFUSED_STREAM = 7;

  private static final Bounds BOUNDS =
      Bounds.DEFAULT
          .with(Bound.CONNECTION_STREAMS, STREAMS)
          .with(Deadline.REQUEST_READ, Duration.ofSeconds(1))
          .with(Deadline.KEEP_ALIVE, Duration.ofMillis(300))
          .with(Deadline.CLIENT_STALL, Duration.ofSeconds(2));

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.with(BOUNDS);

  private static String chat(String text) {
    return Requests.chat(TestGateway.MODEL, text, true).toString();
  }

  private static Http2Frames connect(int... settings) throws IOException {
    return Http2Frames.to(GATEWAY.address(), settings);
  }

  private static ReceivedRequest running(Http2Frames client, int stream) throws IOException {
    return running(GATEWAY, client, stream);
  }

  private static ReceivedRequest running(TestGateway gateway, Http2Frames client, int stream)
      throws IOException {
    client.chat(stream, gateway.key(), chat("[[tokens=2 hold@1]]"));
    ReceivedRequest upstream = gateway.upstream();
    upstream.awaitHeld(TestGateway.SOON);
    return upstream;
  }

  private static void sendRest(Http2Frames client, int stream) throws IOException {
    client.send(Http2Frames.DATA, 0, stream, new byte[5_000]);
    client.window(stream, 1_000);
    client.reset(stream);
  }

  @Test
  void oneTooManyWithABody() throws IOException {
    try (Http2Frames client = connect()) {
      ReceivedRequest first = running(client, 1);
      ReceivedRequest second = running(client, 3);
      client.headers(5, false, Http2Frames.fields("POST", "/v1/chat/completions"));
      sendRest(client, 5);
      assertThat(client.await(Http2Frames.RST_STREAM, 5).number(0)).isEqualTo(REFUSED_STREAM);
      first.release();
      second.release();
      assertThat(Events.of(client.body(1)).done()).isTrue();
      assertThat(Events.of(client.body(3)).done()).isTrue();
      client.get(7, "/health");
      assertThat(client.status(7)).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({"connection,close", "te,gzip", "Upper,x", "transfer-encoding,chunked"})
  void aMalformedHeadWithABody(String name, String value) throws IOException {
    try (Http2Frames client = connect()) {
      ReceivedRequest first = running(client, 1);
      client.headers(3, false, Http2Frames.fields("POST", "/v1/chat/completions", name, value));
      sendRest(client, 3);
      client.await(Http2Frames.RST_STREAM, 3);
      first.release();
      assertThat(Events.of(client.body(1)).done()).isTrue();
    }
  }

  /** Nothing of a large body that was sent to a stream that is gone keeps others from theirs. */
  @Test
  void whatARefusedStreamHadSentGivesItsWindowBack() throws IOException {
    try (Http2Frames client = connect()) {
      client.headers(1, false, Http2Frames.fields("POST", "/v1/chat/completions", "te", "gzip"));
      client.await(Http2Frames.RST_STREAM, 1);
      for (int i = 0; i < 15; i++) {
        client.send(Http2Frames.DATA, 0, 1, new byte[16_000]);
      }
      ReceivedRequest upstream = running(client, 3);
      upstream.release();
      assertThat(Events.of(client.body(3)).done()).isTrue();
    }
  }

  @Test
  void aPostOnItsWayWhenTheServerStops() throws Exception {
    TestGateway stopping = TestGateway.with(BOUNDS);
    stopping.start();
    try (Http2Frames client = Http2Frames.to(stopping.address())) {
      ReceivedRequest first = running(stopping, client, 1);
      Thread stop = Thread.ofVirtual().start(stopping::stop);
      assertThat(client.goneAway()).isZero();
      client.headers(3, false, Http2Frames.fields("POST", "/v1/chat/completions"));
      sendRest(client, 3);
      first.release();
      assertThat(Events.of(client.body(1)).done()).isTrue();
      stop.join();
    }
  }

  @Test
  void trailersThatAreTooLargeEndTheRequestThatHasThem() throws IOException {
    String[] large = new String[2 * 40];
    Arrays.fill(large, "x".repeat(1_000));
    for (int i = 0; i < large.length; i += 2) {
      large[i] = "n" + i;
    }
    try (Http2Frames client = connect()) {
      client.headers(
          1,
          false,
          Http2Frames.fields(
              "POST", "/v1/chat/completions", "authorization", "Bearer " + GATEWAY.key()));
      byte[] block = client.block(large);
      int piece = 16_000;
      for (int at = 0; at < block.length; at += piece) {
        boolean last = at + piece >= block.length;
        int flags = (at == 0 ? Http2Frames.END_STREAM : 0) | (last ? Http2Frames.END_HEADERS : 0);
        client.send(
            at == 0 ? Http2Frames.HEADERS : 9,
            flags,
            1,
            Arrays.copyOfRange(block, at, Math.min(block.length, at + piece)));
      }
      client.await(Http2Frames.RST_STREAM, 1);
    }
    GATEWAY.assertNothingLeft();
  }

  /** A body that does not end is no reason to end an answer that is under way. */
  @Test
  void aGetWhoseEndDoesNotComeIsAnswered() throws Exception {
    try (Http2Frames client = connect()) {
      ReceivedRequest first = running(client, 1);
      client.headers(3, false, Http2Frames.fields("GET", "/health"));
      assertThat(client.status(3)).isEqualTo(200);
      Awaitility.await().pollDelay(Duration.ofMillis(1_500)).until(() -> true);
      first.release();
      assertThat(Events.of(client.body(1)).done()).isTrue();
    }
  }

  /** Signs of life that nobody takes are none. */
  @Test
  void aClosedWindowIsStalledThoughMoreWaitsAllTheTime() throws IOException {
    try (Http2Frames client = connect(Http2Frames.INITIAL_WINDOW_SIZE, 0)) {
      client.chat(1, GATEWAY.key(), chat("[[tokens=100 pace=300ms]]"));
      GATEWAY.upstream();
      client.await(Http2Frames.RST_STREAM, 1);
    }
  }

  /** Clients with the usual window of 64 KB take many documents at once. */
  @Test
  void documentsLargerThanAWindowAreTakenBitByBit() throws IOException {
    try (Http2Frames client = connect()) {
      for (int stream : new int[] {1, 3}) {
        client.get(stream, "/openapi.json");
      }
      for (int stream : new int[] {1, 3}) {
        client.window(0, 500_000);
        client.window(stream, 500_000);
        assertThat(client.body(stream).getBytes(UTF_8).length).isGreaterThan(64 * 1024);
      }
    }
  }

  @Test
  void fieldsAreBoundedByTheirNumberToo() throws IOException {
    String[] many = new String[2 * 300];
    Arrays.fill(many, "a");
    try (Http2Frames client = connect()) {
      client.headers(1, true, Http2Frames.fields("GET", "/health", many));
      assertThat(client.status(1)).isEqualTo(400);
    }
  }
}
