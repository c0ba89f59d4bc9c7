package tayyar.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.ReceivedRequest.How;
import tayyar.testing.Cases;
import tayyar.testing.Events;
import tayyar.testing.Http2Frames;
import tayyar.testing.Http2Frames.Frame;
import tayyar.testing.Logged;
import tayyar.testing.Requests;
import tayyar.testing.TestGateway;

/** What a client of HTTP/2 cannot use up: frames, streams, heads, memory, time. */
@Tag("socket")
class Http2BoundsTest {
  private static final int PROTOCOL_ERROR = 1;
  private static final int INTERNAL_ERROR = 2;
  private static final int REFUSED_STREAM = 7;
  private static final int ENHANCE_YOUR_CALM = 11;
  private static final int STREAMS = 5;

  private static final Bounds BOUNDS =
      Bounds.DEFAULT
          .with(Bound.CONNECTION_STREAMS, STREAMS)
          .with(Bound.HEADER_BYTES, 4096)
          .with(Deadline.REQUEST_READ, Duration.ofSeconds(2))
          .with(Deadline.IDLE, Duration.ofSeconds(2))
          .with(Deadline.CLIENT_STALL, Duration.ofSeconds(2));

  @RegisterExtension static final TestGateway GATEWAY = TestGateway.with(BOUNDS);

  private static Http2Frames connect(int... settings) throws IOException {
    return Http2Frames.to(GATEWAY.address(), settings);
  }

  private static String chat(String text) {
    return Requests.chat(TestGateway.MODEL, text, true).toString();
  }

  /** Sends a flood, of which the peer may not read all, and reads the reason of the end. */
  private static int ends(Http2Frames client, byte[] flood) throws IOException {
    Thread sender =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    client.bytes(flood);
                  } catch (IOException e) {
                    // The peer has closed.
                  }
                });
    try {
      return client.goneAway();
    } catch (SocketException e) {
      return ENHANCE_YOUR_CALM; // a reset may overtake the reason
    } finally {
      sender.interrupt();
    }
  }

  private static byte[] times(int count, byte[]... frames) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      for (byte[] frame : frames) {
        all.writeBytes(frame);
      }
    }
    return all.toByteArray();
  }

  @Test
  void oneStreamTooManyIsRefusedAndTheOthersGoOn() throws IOException {
    try (Http2Frames client = connect()) {
      ReceivedRequest[] upstreams = new ReceivedRequest[STREAMS];
      for (int i = 0; i < STREAMS; i++) {
        client.chat(2 * i + 1, GATEWAY.key(), chat("[[tokens=2 hold@1]]"));
        upstreams[i] = GATEWAY.upstream();
        upstreams[i].awaitHeld(TestGateway.SOON);
      }
      int extra = 2 * STREAMS + 1;
      client.get(extra, "/health");
      assertThat(client.await(Http2Frames.RST_STREAM, extra).number(0)).isEqualTo(REFUSED_STREAM);
      for (int i = 0; i < STREAMS; i++) {
        upstreams[i].release();
        assertThat(Events.of(client.body(2 * i + 1)).done()).isTrue();
      }
      client.get(extra + 2, "/health");
      assertThat(client.status(extra + 2)).isEqualTo(200);
    }
  }

  @Test
  void aLargeHeadIsAnsweredAsOverHttp1() throws IOException {
    try (Http2Frames client = connect()) {
      client.get(1, "/health", "x-large", "x".repeat(4_200));
      assertThat(client.status(1)).isEqualTo(431);
      assertThat(client.body(1)).contains("\"error\"");
      client.get(3, "/health");
      assertThat(client.status(3)).isEqualTo(200);
    }
  }

  /** The answer is whole, and so is its stream where the request was: there is nothing to reset. */
  @Test
  void aLargeHeadIsAnsweredWithoutAReset() throws IOException {
    try (Http2Frames client = connect()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      String[] large = Http2Frames.fields("POST", "/health", "x-large", "x".repeat(4_200));
      all.writeBytes(client.head(1, true, large));
      all.writeBytes(client.head(3, true, Http2Frames.fields("GET", "/health")));
      all.writeBytes(client.head(5, false, large));
      all.writeBytes(client.head(7, true, Http2Frames.fields("GET", "/health")));
      client.bytes(all.toByteArray());
      assertThat(whole(client, 4)).containsExactlyInAnyOrder(1, 3, 5, 7);

      // Of the one that was not whole the rest is read over, as long as it is short.
      client.send(Http2Frames.DATA, 0, 5, new byte[10_000]);
      client.send(Http2Frames.DATA, Http2Frames.END_STREAM, 5, new byte[10_000]);
      client.get(9, "/health");
      assertThat(whole(client, 1)).containsExactly(9);

      client.headers(11, false, large);
      assertThat(whole(client, 1)).containsExactly(11);
      for (int i = 0; i < 7; i++) {
        client.send(Http2Frames.DATA, 0, 11, new byte[10_000]);
      }
      assertThat(client.await(Http2Frames.RST_STREAM, 11).number(0)).isZero();
    }
  }

  /** Reads until so many answers have ended; none may be reset. */
  private static List<Integer> whole(Http2Frames client, int count) throws IOException {
    List<Integer> ended = new ArrayList<>();
    while (ended.size() < count) {
      Frame frame = Objects.requireNonNull(client.next());
      assertThat(frame.type()).isNotIn(Http2Frames.RST_STREAM, Http2Frames.GOAWAY);
      if (frame.ends()) {
        ended.add(frame.stream());
      }
    }
    return ended;
  }

  /** 4,000 bytes in the table, and a byte for each time they are meant. */
  @Test
  void aHeadThatUnpacksToMuchIsNotUnpacked() throws IOException {
    try (Http2Frames client = connect()) {
      byte[] table = client.block("x", "y".repeat(3_900));
      byte[] pseudo = client.block(Http2Frames.fields("GET", "/health"));
      ByteArrayOutputStream block = new ByteArrayOutputStream();
      block.writeBytes(pseudo);
      block.writeBytes(table);
      for (int i = 0; i < 10_000; i++) {
        block.write(0x80 | 62);
      }
      client.send(
          Http2Frames.HEADERS,
          Http2Frames.END_HEADERS | Http2Frames.END_STREAM,
          1,
          block.toByteArray());
      assertThat(client.goneAway()).isEqualTo(PROTOCOL_ERROR);
    }
  }

  @Test
  void aHeadWithoutEndIsNotKept() throws IOException {
    try (Http2Frames client = connect()) {
      byte[] begin = Http2Frames.frame(Http2Frames.HEADERS, 0, 1, client.block(":method", "GET"));
      byte[] more = Http2Frames.frame(Http2Frames.CONTINUATION, 0, 1, new byte[2_000]);
      client.bytes(begin);
      assertThat(ends(client, times(100, more))).isIn(1, 9, ENHANCE_YOUR_CALM);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void emptyPiecesOfAHeadAreNotReadWithoutEnd(int bytes) throws IOException {
    try (Http2Frames client = connect()) {
      client.bytes(Http2Frames.frame(Http2Frames.HEADERS, 0, 1, client.block(":method", "GET")));
      byte[] more = Http2Frames.frame(Http2Frames.CONTINUATION, 0, 1, new byte[bytes]);
      assertThat(ends(client, times(10_000, more))).isIn(1, 9, ENHANCE_YOUR_CALM);
    }
  }

  @Test
  void resetsAreCounted() throws IOException {
    try (Http2Frames client = connect()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int stream = 1; stream < 6_000; stream += 2) {
        byte[] block = client.block(Http2Frames.fields("POST", "/v1/chat/completions"));
        all.writeBytes(
            Http2Frames.frame(Http2Frames.HEADERS, Http2Frames.END_HEADERS, stream, block));
        all.writeBytes(Http2Frames.frame(Http2Frames.RST_STREAM, 0, stream, new byte[4]));
      }
      assertThat(ends(client, all.toByteArray())).isEqualTo(ENHANCE_YOUR_CALM);
    }
  }

  /** Each makes us reset a stream of its own. */
  @Test
  void brokenRequestsAreCounted() throws IOException {
    try (Http2Frames client = connect()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int stream = 1; stream < 6_000; stream += 2) {
        byte[] block = client.block(Http2Frames.fields("GET", "/health", "connection", "close"));
        all.writeBytes(
            Http2Frames.frame(
                Http2Frames.HEADERS,
                Http2Frames.END_HEADERS | Http2Frames.END_STREAM,
                stream,
                block));
      }
      assertThat(ends(client, all.toByteArray())).isEqualTo(ENHANCE_YOUR_CALM);
    }
  }

  @Test
  void framesThatAskForNothingAreCounted() throws IOException {
    byte[][] floods = {
      Http2Frames.frame(Http2Frames.SETTINGS, 0, 0),
      Http2Frames.frame(Http2Frames.PING, 0, 0, new byte[8]),
      Http2Frames.frame(Http2Frames.PRIORITY, 0, 1, new byte[] {0, 0, 0, 3, 1}),
      Http2Frames.frame(Http2Frames.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 1}),
      Http2Frames.frame(0x42, 0, 0, new byte[4]),
    };
    for (byte[] flood : floods) {
      try (Http2Frames client = connect()) {
        client.get(1, "/health");
        assertThat(client.status(1)).isEqualTo(200);
        assertThat(ends(client, times(5_000, flood)))
            .as("type %d", flood[3])
            .isEqualTo(ENHANCE_YOUR_CALM);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aBodyInCrumbsIsNotReadWithoutEnd(int bytes) throws IOException {
    try (Http2Frames client = connect()) {
      client.headers(1, false, Http2Frames.chatFields(GATEWAY.key()));
      byte[] crumb = Http2Frames.frame(Http2Frames.DATA, 0, 1, " ".repeat(bytes).getBytes(UTF_8));
      assertThat(ends(client, times(3_000, crumb))).isEqualTo(ENHANCE_YOUR_CALM);
    }
  }

  @Test
  void aBodyThatDoesNotComeIsNotAwaited() throws IOException {
    try (Http2Frames client = connect()) {
      client.headers(1, false, Http2Frames.chatFields(GATEWAY.key()));
      assertThat(client.status(1)).isEqualTo(408);
      assertThat(client.body(1)).contains("\"error\"");
      // The rest of the body is not awaited either.
      assertThat(client.await(Http2Frames.RST_STREAM, 1).number(0)).isZero();
    }
  }

  @Test
  void aStreamWithoutAWindowIsDroppedWithoutItsNeighbours() throws IOException {
    String key = GATEWAY.newKey(100);
    try (Http2Frames client = connect(Http2Frames.INITIAL_WINDOW_SIZE, 0)) {
      client.chat(1, key, chat("[[tokens=100000]]"));
      ReceivedRequest stalled = GATEWAY.upstream();
      client.chat(3, GATEWAY.key(), chat("[[tokens=20 hold@10]]"));
      client.window(3, 1_000_000);
      ReceivedRequest neighbour = GATEWAY.upstream();
      neighbour.awaitHeld(TestGateway.SOON);

      Frame reset = client.await(Http2Frames.RST_STREAM, 1);

      assertThat(reset.number(0)).isEqualTo(INTERNAL_ERROR);
      assertThat(stalled.awaitEnd(TestGateway.SOON).how()).isEqualTo(How.PEER_LEFT);
      assertThat(GATEWAY.rowOf(key).outcome()).isEqualTo("timed_out");
      neighbour.release();
      Frame last;
      do {
        last = client.await(Http2Frames.DATA, 3);
      } while (!last.ends());
      assertThat(last.text()).endsWith("[DONE]\n\n");
    }
  }

  /** What its streams hold is let go with it: their resets would wait for ever as well. */
  @Test
  void aClientThatDoesNotReadItsSocketIsDropped() throws IOException {
    Awaitility.await("earlier connections to close")
        .atMost(TestGateway.SOON)
        .until(() -> GATEWAY.gauge("tayyar_connections") == 0);
    int most = Integer.MAX_VALUE;
    try (Http2Frames client = connect(Http2Frames.INITIAL_WINDOW_SIZE, most)) {
      client.window(0, most - 65_535);
      for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
        client.chat(stream, GATEWAY.key(), chat("[[tokens=100000 size=600]]"));
      }
      GATEWAY.upstream();
      Awaitility.await("the client to be dropped")
          .atMost(Duration.ofSeconds(20))
          .until(() -> GATEWAY.gauge("tayyar_connections") == 0);
    }
  }

  @Test
  void aDocumentThatIsNotReadIsDropped() throws IOException {
    try (Http2Frames client = connect(Http2Frames.INITIAL_WINDOW_SIZE, 0)) {
      client.get(1, "/v1/models");
      assertThat(client.status(1)).isEqualTo(200);
      assertThat(client.await(Http2Frames.RST_STREAM, 1).number(0)).isEqualTo(ENHANCE_YOUR_CALM);
    }
  }

  @Test
  void anIdleConnectionIsClosedAndToldSo() throws IOException {
    try (Http2Frames client = connect()) {
      client.get(1, "/health");
      assertThat(client.status(1)).isEqualTo(200);
      assertThat(client.goneAway()).isZero();
      client.closed();
    }
  }

  @Test
  void aHeadThatDoesNotComeIsNotAwaited() throws IOException {
    try (Http2Frames client = connect()) {
      client.bytes(new byte[] {0, 1, 0, 1, 4, 0, 0, 0, 1, 2, 3});
      assertThat(client.goneAway()).isZero();
      client.closed();
    }
  }

  /** The newest connection takes the place of one without requests, and of no other. */
  @Test
  void anIdleConnectionMakesRoom() throws IOException {
    TestGateway small = TestGateway.with(Bounds.DEFAULT.with(Bound.CONNECTIONS, 2));
    small.start();
    try (Http2Frames busy = Http2Frames.to(small.address());
        Http2Frames idle = Http2Frames.to(small.address())) {
      busy.chat(1, small.key(), chat("[[tokens=2 hold@1]]"));
      ReceivedRequest upstream = small.upstream();
      upstream.awaitHeld(TestGateway.SOON);
      idle.get(1, "/health");
      assertThat(idle.status(1)).isEqualTo(200);
      assertThat(idle.body(1)).contains("ok");
      // It is idle for the server too once it answers what comes behind that stream's end.
      idle.send(Http2Frames.PING, 0, 0, new byte[8]);
      idle.await(Http2Frames.PING, 0);
      try (Http2Frames newest = Http2Frames.to(small.address())) {
        newest.get(1, "/health");
        assertThat(newest.status(1)).isEqualTo(200);
        assertThat(idle.goneAway()).isZero();
        idle.closed();
        upstream.release();
        assertThat(busy.status(1)).isEqualTo(200);
        assertThat(Events.of(busy.body(1)).done()).isTrue();
      }
    } finally {
      small.stop();
    }
  }

  /** Any frames in any order end a connection, or a stream, or nothing; none is a bug of ours. */
  @Test
  void aMessOfFramesIsNoBug() throws ReflectiveOperationException, IOException {
    try (Logged log = Logged.of(Class.forName("tayyar.http.Http2Connection"));
        Logged requests = Logged.of(Class.forName("tayyar.http.Intake"))) {
      Cases.times(300, Http2BoundsTest::mess);
      assertThat(log.events()).isEmpty();
      assertThat(requests.events()).isEmpty();
    }
    try (Http2Frames client = connect()) {
      client.get(1, "/health");
      assertThat(client.status(1)).isEqualTo(200);
    }
  }

  private static void mess(RandomGenerator random) {
    try (Http2Frames client = connect()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int i = random.nextInt(1, 40); i > 0; i--) {
        all.writeBytes(random.nextInt(8) == 0 ? noise(random) : frame(client, random));
      }
      client.bytes(all.toByteArray());
      // What it is answered by is not looked at; it is read while something comes.
      client.send(Http2Frames.PING, 0, 0, new byte[8]);
      Frame frame = client.next();
      for (int i = 0; frame != null && frame.type() != Http2Frames.GOAWAY && i < 5; i++) {
        frame = client.next();
      }
    } catch (IOException e) {
      // It has been closed.
    }
  }

  private static byte[] frame(Http2Frames client, RandomGenerator random) throws IOException {
    int stream = random.nextInt(8);
    boolean head = random.nextBoolean();
    if (head) {
      String path = Cases.one(random, "/health", "/v1/models", "/v1/chat/completions", "*", "x");
      String method = Cases.one(random, "GET", "HEAD", "POST", "OPTIONS", "CONNECT", "PRI");
      byte[] block = client.block(Http2Frames.fields(method, path, "content-length", "3"));
      return Http2Frames.frame(Http2Frames.HEADERS, random.nextInt(256), stream, block);
    }
    return noise(random);
  }

  private static byte[] noise(RandomGenerator random) {
    byte[] payload = new byte[Cases.one(random, 0, 1, 4, 5, 6, 8, 100)];
    if (random.nextBoolean()) {
      random.nextBytes(payload);
    }
    return Http2Frames.frame(random.nextInt(11), random.nextInt(256), random.nextInt(8), payload);
  }
}
