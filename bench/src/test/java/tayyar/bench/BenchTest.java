package tayyar.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.Script;

/** Whole measurements in front of a simulator. */
@Tag("socket")
@Timeout(60)
final class BenchTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @RegisterExtension private final Counting simulator = new Counting();

  @Test
  void aStampedTokenTellsHowLongItWasOnTheWay() throws InterruptedException {
    var draft = simulator.draft();
    draft.script = "numbered stamped pace=2ms";
    draft.rounds = 2;
    Run.Side side = draft.side();

    assertThat(side.failures()).isEmpty();
    assertThat(side.all().delay().count()).isEqualTo(40 * 20);
    assertThat(side.all().delay().p50()).isBetween(0.0, 100.0);
    assertThat(side.turns()).hasSize(2);
    assertThat(side.turns()).extracting(Run.Stint::completionTokens).containsOnly(400L);
    assertThat(side.turns().getLast().began())
        .isGreaterThanOrEqualTo(side.turns().getFirst().ended());
  }

  @Test
  void countsEachTokenOfEachRequest() throws InterruptedException {
    var draft = simulator.draft();
    draft.threads = 2;
    Run run = draft.run();
    Run.Side side = run.sides().getFirst();

    assertThat(side.failures()).isEmpty();
    assertThat(side.flaws()).isEmpty();
    assertThat(side.all().completed()).isEqualTo(40);
    assertThat(side.all().completionTokens()).isEqualTo(40 * 20);
    assertThat(side.all().ttft().count()).isEqualTo(40);
    assertThat(side.all().itl().count()).isEqualTo(40 * 19);
    assertThat(side.all().tpot().count()).isEqualTo(40);
    assertThat(side.samples()).hasSize(40);
    assertThat(side.series().stream().mapToDouble(Run.Point::tokens).sum())
        .isCloseTo(800, within(0.01));
    assertThat(simulator.its().requests()).isEqualTo(40);
    assertThat(simulator.its().accepted()).isLessThanOrEqualTo(4);
    assertThat(run.generator().events()).isEqualTo(40 * (20 + 4));
  }

  /** Anthropic's Messages have other events, and the same measures. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void messagesAreMeasuredToo(boolean stream) throws InterruptedException {
    var draft = simulator.draft();
    String url = "http://127.0.0.1:" + simulator.its().address().getPort() + "/v1/messages";
    draft.endpoints = List.of(MeasuredEndpoint.of(url, ""));
    draft.stream = stream;
    Run.Side side = draft.side();

    assertThat(side.failures()).isEmpty();
    assertThat(side.flaws()).isEmpty();
    assertThat(side.all().completed()).isEqualTo(40);
    assertThat(side.all().completionTokens()).isEqualTo(40 * 20);
    assertThat(side.all().itl().count()).isEqualTo(stream ? 40 * 19 : 0);
    assertThat(simulator.its().next(SOON).uri()).isEqualTo("/v1/messages");
  }

  @Test
  void timesAreThoseOfTheAnswers() throws InterruptedException {
    var draft = simulator.draft();
    draft.script = "numbered first=60ms pace=10ms";
    draft.requests = 8;
    draft.objective = Objective.of("ttft=10s,itl=5s");
    Run.Figures all = draft.side().all();

    assertThat(all.ttft().p50()).isBetween(60.0, 5000.0);
    assertThat(all.itl().p50()).isBetween(8.0, 1000.0);
    assertThat(all.tpot().p50()).isBetween(9.0, 1000.0);
    assertThat(all.e2e().p50()).isGreaterThan(240);
    assertThat(all.good()).isEqualTo(8);
  }

  @Test
  void whatMissesTheObjectiveIsNotGood() throws InterruptedException {
    var draft = simulator.draft();
    draft.script = "numbered first=30ms";
    draft.objective = Objective.of("ttft=10ms");

    assertThat(draft.side().all().good()).isZero();
  }

  @Test
  void anOpenLoopAsksInTime() throws InterruptedException {
    var draft = simulator.draft();
    draft.arrivals = new Arrivals.OpenLoop(100, false);
    draft.script = "numbered first=200ms";
    draft.requests = 0;
    draft.duration = Duration.ofMillis(500);
    Run run = draft.run();
    Run.Side side = run.sides().getFirst();

    assertThat(side.all().completed()).isEqualTo(50);
    assertThat(side.failures()).isEmpty();
    assertThat(run.generator().late().count()).isEqualTo(50);
    assertThat(simulator.its().accepted()).isGreaterThan(10);
  }

  @Test
  void aServerThatStandsStillIsSeenByAllWhoWouldHaveAsked() throws Exception {
    var draft = simulator.draft();
    draft.arrivals = new Arrivals.OpenLoop(50, false);
    draft.requests = 25;
    draft.script = "numbered hold@0";
    var holder = new FutureTask<>(() -> holdAll(25));
    Thread.startVirtualThread(holder);
    Run.Latency ttft = draft.side().all().ttft();

    assertThat(holder.get()).isEqualTo(25);
    assertThat(ttft.count()).isEqualTo(25);
    assertThat(ttft.max()).isGreaterThan(470);
    assertThat(ttft.mean()).isGreaterThan(235);
  }

  /** Lets nobody go on before so many wait. */
  private int holdAll(int count) {
    List<ReceivedRequest> held = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      held.add(simulator.its().next(SOON));
      held.getLast().awaitHeld(SOON);
    }
    held.forEach(ReceivedRequest::release);
    return held.size();
  }

  @Test
  void aServerThatWritesLikeARealOneIsReadAsExactly() throws InterruptedException {
    var draft = simulator.draft();
    draft.script = "numbered stamped eventwise vllm mixed";
    Run.Side side = draft.side();

    assertThat(side.failures()).isEmpty();
    assertThat(side.flaws()).isEmpty();
    assertThat(side.all().completionTokens()).isEqualTo(40 * 20);
    assertThat(side.all().delay().count()).isEqualTo(40 * 20);

    draft.stream = false;
    assertThat(draft.side().all().completionTokens()).isEqualTo(40 * 20);
  }

  @Test
  void wholeAnswersAreMeasuredToo() throws InterruptedException {
    var draft = simulator.draft();
    draft.stream = false;
    Run.Side side = draft.side();

    assertThat(side.failures()).isEmpty();
    assertThat(side.flaws()).isEmpty();
    assertThat(side.all().completionTokens()).isEqualTo(800);
    assertThat(side.all().ttft().count()).isZero();
    assertThat(side.all().e2e().count()).isEqualTo(40);
    assertThat(side.series().stream().mapToDouble(Run.Point::tokens).sum())
        .isCloseTo(800, within(0.01));
  }

  @ParameterizedTest
  @CsvSource({
    "status=503, http_503 simulated",
    "status=429, http_429 simulated",
    "cut@7, cut",
    "reset@7, cut",
    "garbage@7, malformed",
    "errorevent@7, error_event 500",
    "nofinish, no_finish",
    "badframe@3, bad_http",
    "refuse, no_answer",
    "empty, no_finish",
    "hang, timeout",
    "stall@3, timeout",
    "closes, ''",
    "crlf, ''",
    "comments, ''",
    "bytewise, ''",
    "finishwithtoken, ''",
    "roleevery, ''",
    "nochoices, ''",
  })
  void failuresAreNamed(String words, String kind) throws InterruptedException {
    var draft = simulator.draft();
    draft.requests = 4;
    draft.script = "numbered " + words;
    draft.timeout = Duration.ofMillis(kind.equals("timeout") ? 300 : 20_000);
    Run.Side side = draft.side();

    assertThat(side.all().requests()).isEqualTo(4);
    if (kind.isEmpty()) {
      assertThat(side.failures()).isEmpty();
      assertThat(side.all().completed()).isEqualTo(4);
    } else {
      assertThat(side.failures()).containsOnlyKeys(kind).containsValue(4L);
      assertThat(side.all().failed()).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @CsvSource({"nodone, no_done", "nousage, no_usage", "plain, not_streamed"})
  void flawsAreNamed(String words, String kind) throws InterruptedException {
    var draft = simulator.draft();
    draft.requests = 4;
    draft.script = "numbered " + words;
    Run.Side side = draft.side();

    assertThat(side.failures()).isEmpty();
    assertThat(side.flaws()).containsOnlyKeys(kind).containsValue(4L);
  }

  @Test
  void anAnswerThatIsNotNumberedIsNoticed() throws InterruptedException {
    var draft = simulator.draft();
    draft.script = "size=3";
    simulator.its().script(Script.of(""));

    assertThat(draft.side().failures()).containsOnlyKeys("tokens_strange");
  }

  /** The port is held without anyone listening, so that no other process can take it. */
  @Test
  void nobodyThere() throws IOException, InterruptedException {
    try (var held = new Socket()) {
      held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      var draft = simulator.draft();
      draft.endpoints =
          List.of(MeasuredEndpoint.of("http://127.0.0.1:" + held.getLocalPort() + "/v1", ""));
      draft.requests = 3;

      assertThat(draft.side().failures()).containsOnlyKeys("connect_refused").containsValue(3L);
    }
  }

  @Test
  void aServerThatSpeaksNoTls() throws Exception {
    try (var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      var answers = new FutureTask<>(() -> refuse(server, 3));
      Thread.startVirtualThread(answers);
      var draft = simulator.draft();
      draft.endpoints =
          List.of(MeasuredEndpoint.of("https://127.0.0.1:" + server.getLocalPort() + "/v1", ""));
      draft.arrivals = new Arrivals.ClosedLoop(1);
      draft.requests = 3;

      assertThat(draft.side().failures()).containsOnlyKeys("tls").containsValue(3L);
      assertThat(answers.get()).isEqualTo(3);
    }
  }

  /** Answers in plain HTTP, whatever it is sent. */
  private static int refuse(ServerSocket server, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      try (Socket socket = server.accept()) {
        assertThat(socket.getInputStream().read()).isPositive();
        socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
        socket.shutdownOutput();
        socket.getInputStream().readAllBytes();
      }
    }
    return count;
  }

  @Test
  void theWarmUpIsNotCounted() throws InterruptedException {
    var draft = simulator.draft();
    draft.requests = 10;
    draft.warmUp = Duration.ofMillis(200);
    Run.Side side = draft.side();

    assertThat(side.all().completed()).isEqualTo(10);
    assertThat(simulator.its().requests()).isGreaterThan(10);
  }

  @Test
  void withoutKeepAliveEachRequestHasItsConnection() throws InterruptedException {
    var draft = simulator.draft();
    draft.keepAlive = false;

    assertThat(draft.side().all().completed()).isEqualTo(40);
    assertThat(simulator.its().accepted()).isEqualTo(40);
  }

  @Test
  void modelsAreToldApart() throws InterruptedException {
    var draft = simulator.draft();
    draft.models = List.of("a", "b");
    Run.Side side = draft.side();

    assertThat(side.models()).containsOnlyKeys("a", "b");
    assertThat(side.models().values().stream().mapToLong(Run.Figures::completed).sum())
        .isEqualTo(40);
    assertThat(side.sizes().keySet()).isSubsetOf("1-32", "33-128", "129-512");
    assertThat(side.sizes().values().stream().mapToLong(Run.Figures::completed).sum())
        .isEqualTo(40);
  }

  @Test
  void endpointsHaveTheirTurnsAndAreAskedTheSame() throws InterruptedException {
    int port = simulator.its().address().getPort();
    var draft = simulator.draft();
    draft.endpoints = List.of(Draft.endpoint("a", port), Draft.endpoint("b", port));
    draft.rounds = 8;
    Run run = draft.run();

    assertThat(run.sides())
        .allSatisfy(
            side -> {
              assertThat(side.all().completed()).isEqualTo(40);
              assertThat(side.blocks()).hasSize(8);
            });
    assertThat(run.sides().get(0).all().promptTokens())
        .isEqualTo(run.sides().get(1).all().promptTokens());
    assertThat(RunComparison.of(run.sides().get(0), run.sides().get(1), true, 1).paired()).isTrue();
    assertThat(HtmlReport.of(run)).contains("b beside a");
  }

  @Test
  void aMeasurementThatIsStoppedHasItsResult() throws InterruptedException {
    var draft = simulator.draft();
    draft.requests = 0;
    draft.duration = Duration.ofHours(1);
    draft.script = "numbered pace=1ms";
    List<Bench> own = new ArrayList<>();
    BenchProgress stopsSoon =
        now -> {
          if (now.completed() >= 5) {
            own.getFirst().stop();
          }
        };
    own.add(new Bench(draft.plan(), stopsSoon));
    Run.Side side = own.getFirst().run().sides().getFirst();

    assertThat(side.all().completed()).isGreaterThanOrEqualTo(5);
    assertThat(side.failures()).isEmpty();
    assertThat(side.seconds()).isLessThan(30);
  }

  @Test
  void whatIsNotDoneWhenPatienceEndsIsUnfinished() throws InterruptedException {
    var draft = simulator.draft();
    draft.requests = 0;
    draft.duration = Duration.ofMillis(100);
    draft.grace = Duration.ofMillis(100);
    draft.script = "numbered hang";

    assertThat(draft.side().failures()).containsOnlyKeys("unfinished").containsValue(4L);
  }
}
