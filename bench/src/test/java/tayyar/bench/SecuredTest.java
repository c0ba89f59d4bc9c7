package tayyar.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Measurements over TLS and over HTTP/2. */
@Tag("socket")
@Timeout(60)
final class SecuredTest {
  private static OwnCertificate certificate;

  @RegisterExtension private final Counting simulator = new Counting();

  @BeforeAll
  static void certificate(@TempDir Path folder) throws IOException {
    certificate = OwnCertificate.in(folder);
  }

  private Http2Front front(boolean tls) throws IOException {
    return new Http2Front(
        simulator.its().address().getPort(), tls ? certificate.context("h2") : null);
  }

  private static Draft draft(Http2Front front) {
    var draft = new Draft(front.endpoint());
    draft.http2 = true;
    draft.authorities = certificate.pem();
    return draft;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eachTokenIsCountedOverHttp2(boolean tls) throws Exception {
    try (Http2Front front = front(tls)) {
      Run run = draft(front).run();
      Run.Side side = run.sides().getFirst();

      assertThat(side.failures()).isEmpty();
      assertThat(side.flaws()).isEmpty();
      assertThat(side.all().completed()).isEqualTo(40);
      assertThat(side.all().completionTokens()).isEqualTo(40 * 20);
      assertThat(side.all().itl().count()).isEqualTo(40 * 19);
      assertThat(side.targets()).containsOnlyKeys("behind");
      assertThat(run.setup().protocol()).isEqualTo("HTTP/2");
      assertThat(front.accepted()).as("connections").isEqualTo(1);
      assertThat(simulator.its().requests()).isEqualTo(40);
    }
  }

  @Test
  void theHeadIsThatOfARequest() throws Exception {
    try (Http2Front front = front(true)) {
      var draft = draft(front);
      draft.requests = 1;
      draft.endpoints =
          List.of(
              front
                  .endpoint()
                  .with(List.of("Host: models.example", "X-Tenant: a", "Connection: close")));
      assertThat(draft.side().failures()).isEmpty();

      var head = front.heads().remove();
      assertThat(head.scheme()).hasToString("https");
      assertThat(head.path()).hasToString("/v1/chat/completions");
      assertThat(head.authority()).hasToString("models.example");
      assertThat(head.get("authorization")).hasToString("Bearer sk-k");
      assertThat(head.get("x-tenant")).hasToString("a");
      assertThat(head.getInt("content-length")).isPositive();
      assertThat(head.contains("host")).isFalse();
      assertThat(head.contains("connection")).isFalse();
    }
  }

  /** Four users: as few connections as carry them. */
  @ParameterizedTest
  @CsvSource({"100, 100, 1", "3, 100, 2", "100, 2, 2", "1, 100, 4", "100, 1, 4"})
  void asManyStreamsAsBothSidesAllow(int own, int theirs, int connections) throws Exception {
    try (Http2Front front = front(false)) {
      front.streamsMax = theirs;
      var draft = draft(front);
      draft.streams = own;
      draft.script = "numbered pace=1ms";

      assertThat(draft.side().failures()).isEmpty();
      assertThat(front.accepted()).isEqualTo(connections);
    }
  }

  @Test
  void aServerThatAllowsNoStreamIsNotAskedForEver() throws Exception {
    try (Http2Front front = front(false)) {
      front.streamsMax = 0;
      var draft = draft(front);
      draft.requests = 4;

      assertThat(draft.side().failures()).containsOnlyKeys("no_streams").containsValue(4L);
    }
  }

  @Test
  void wholeAnswersAndLargePrompts() throws Exception {
    try (Http2Front front = front(true)) {
      var draft = draft(front);
      draft.stream = false;
      draft.prompts = List.of("x".repeat(300_000));

      Run.Side side = draft.side();
      assertThat(side.failures()).isEmpty();
      assertThat(side.all().completionTokens()).isEqualTo(800);
    }
  }

  @Test
  void aRefusedStreamIsSentAgain() throws Exception {
    try (Http2Front front = front(false)) {
      front.refused = 7;
      Run run = draft(front).run();

      assertThat(run.sides().getFirst().failures()).isEmpty();
      assertThat(run.sides().getFirst().all().completed()).isEqualTo(40);
      assertThat(run.generator().sentAgain()).isEqualTo(1);
    }
  }

  @Test
  void aConnectionThatIsGivenUpIsReplaced() throws Exception {
    try (Http2Front front = front(true)) {
      front.last = 10;
      var draft = draft(front);
      draft.script = "numbered pace=1ms";
      Run.Side side = draft.side();

      assertThat(side.failures()).isEmpty();
      assertThat(side.all().completed()).isEqualTo(40);
      assertThat(front.accepted()).isEqualTo(2);
    }
  }

  /** GOAWAY names the last stream that was looked at: what came behind it is asked elsewhere. */
  @Test
  void aRequestThatAConnectionLeavesOutIsSentAgain() throws Exception {
    try (var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      var answers =
          new FutureTask<>(
              () -> {
                try (Socket left = answer(server, _ -> frame(7, 0, 0, new byte[8]))) {
                  left.getInputStream().readAllBytes(); // until the generator closes
                }
                return answer(server, SecuredTest::answered);
              });
      Thread.startVirtualThread(answers);
      String url = "http://127.0.0.1:" + server.getLocalPort() + "/v1";
      var draft = new Draft(MeasuredEndpoint.of(url, ""));
      draft.http2 = true;
      draft.stream = false;
      draft.numbered = false;
      draft.arrivals = new Arrivals.ClosedLoop(1);
      draft.requests = 1;
      Run run = draft.run();

      assertThat(run.sides().getFirst().failures()).isEmpty();
      assertThat(run.generator().sentAgain()).isEqualTo(1);
      answers.get().close();
    }
  }

  /** {@code :status 200} and a type, compressed. */
  private static final byte[] HEAD =
      "\u0088\u000f\u0010\u0010application/json".getBytes(ISO_8859_1);

  private static final byte[] BODY =
      """
      {"choices":[{"index":0,"message":{"role":"assistant","content":"0"},"finish_reason":"stop"}],
       "usage":{"prompt_tokens":3,"completion_tokens":1}}
      """
          .getBytes(UTF_8);

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .putInt(payload.length << 8 | type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  private static byte[] answered(int stream) {
    byte[] head = frame(1, 4, stream, HEAD);
    byte[] body = frame(0, 1, stream, BODY);
    return ByteBuffer.allocate(head.length + body.length).put(head).put(body).array();
  }

  /** Tells its settings, and answers with these frames once the request is whole. */
  private static Socket answer(ServerSocket server, IntFunction<byte[]> frames) throws IOException {
    Socket socket = server.accept();
    var in = new DataInputStream(socket.getInputStream());
    socket.getOutputStream().write(frame(4, 0, 0, new byte[0]));
    in.skipNBytes(24);
    boolean whole = false;
    int stream = 0;
    while (!whole) {
      int head = in.readInt();
      int flags = in.readByte();
      stream = in.readInt();
      in.skipNBytes(head >>> 8);
      whole = (head & 0xff) == 0 && (flags & 1) != 0;
    }
    socket.getOutputStream().write(frames.apply(stream));
    return socket;
  }

  @Test
  void withoutKeepAliveEachRequestHasItsConnection() throws Exception {
    try (Http2Front front = front(true)) {
      var draft = draft(front);
      draft.keepAlive = false;
      draft.requests = 12;

      assertThat(draft.side().failures()).isEmpty();
      assertThat(front.accepted()).isEqualTo(12);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "status=503, http_503 simulated",
    "cut@7, cut",
    "garbage@7, malformed",
    "errorevent@7, error_event 500",
    "nofinish, no_finish",
    "refuse, no_answer",
    "hang, timeout",
    "stall@3, timeout",
  })
  void failuresAreNamed(String words, String kind) throws Exception {
    try (Http2Front front = front(false)) {
      var draft = draft(front);
      draft.requests = 4;
      draft.script = "numbered " + words;
      draft.timeout = Duration.ofMillis(kind.equals("timeout") ? 300 : 20_000);
      Run.Side side = draft.side();

      assertThat(side.failures()).containsOnlyKeys(kind).containsValue(4L);
      assertThat(front.accepted()).as("connections").isEqualTo(1);
      if (kind.equals("timeout")) {
        assertThat(front.resets()).isGreaterThan(0);
      }
    }
  }

  @Test
  void aServerThatDoesNotAgreeOnHttp2() throws Exception {
    try (Http2Front front = new Http2Front(1, certificate.context("http/1.1"))) {
      var draft = draft(front);
      draft.requests = 3;
      assertThat(draft.side().failures()).containsOnlyKeys("no_http2").containsValue(3L);
    }
  }

  /** Java's own authorities do not know the certificate, and an empty file knows none. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCertificateThatNobodyVouchesFor(boolean http2) throws Exception {
    try (Http2Front front = front(true)) {
      var draft = draft(front);
      draft.http2 = http2;
      draft.authorities = null;
      draft.requests = 3;

      assertThat(draft.side().failures()).containsOnlyKeys("tls").containsValue(3L);
    }
  }

  @Test
  void authoritiesThatAreNone(@TempDir Path folder) throws Exception {
    Path empty = Files.createFile(folder.resolve("empty.pem"));
    Path noise = Files.writeString(folder.resolve("noise.pem"), "noise");
    try (Http2Front front = front(true)) {
      for (@Nullable Path file : List.of(empty, noise, folder.resolve("none.pem"))) {
        var draft = draft(front);
        draft.authorities = file;
        assertThatThrownBy(draft::run)
            .isInstanceOf(PlanException.class)
            .hasMessageContaining(String.valueOf(file));
      }
    }
  }
}
