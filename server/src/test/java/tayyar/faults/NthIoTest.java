package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tayyar.Offer;
import tayyar.api.Bounds;
import tayyar.api.Model;
import tayyar.routing.Fleet;
import tayyar.routing.Streams;
import tayyar.testing.Called;
import tayyar.testing.Events;
import tayyar.testing.LedgerRow;
import tayyar.testing.NthIo;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tools.jackson.databind.node.ObjectNode;

/**
 * The n-th operation on a socket fails, for n = 1, 2, 3 and so on until a request passes untouched.
 * Each time the client has a whole answer or is told, there is one row, and nothing is left behind.
 */
@Tag("socket")
class NthIoTest {
  private static final int TOKENS = 9;
  private static final String WHOLE = "0 1 2 3 4 5 6 7 8 ";
  private static final int RUNS_MAX = 300;

  /**
   * The form of the request and of the failure.
   *
   * @param stream whether the answer is streamed
   * @param reset with an error; otherwise half is done and the connection ends
   * @param tools whether the answer calls tools behind its third token
   */
  record Way(boolean stream, boolean reset, boolean tools) {}

  static Stream<Way> ways() {
    return ways(false);
  }

  static Stream<Way> callingWays() {
    return ways(true);
  }

  private static Stream<Way> ways(boolean tools) {
    return Stream.of(true, false)
        .flatMap(stream -> Stream.of(new Way(stream, true, tools), new Way(stream, false, tools)));
  }

  /**
   * A request.
   *
   * @param n which operation was to fail
   * @param struck whether there was one
   * @param response what the client was told
   */
  private record Run(int n, boolean struck, Response response) {
    @Override
    public String toString() {
      return "n = " + n;
    }
  }

  /** A check of a run and its row. */
  private interface Check {
    void check(Run run, LedgerRow row);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void withOneTarget(Way way) throws IOException {
    try (var fleet = fleet(1, false)) {
      untilUntouched(
          fleet,
          way,
          false,
          (run, row) -> {
            boolean whole = row.outcome().equals("completed");
            assertThat(run.struck() && run.n() <= 2 && whole)
                .as("whole without a request")
                .isFalse();
            assertAnswer(way, run, row);
          });
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void onAConnectionThatWasKept(Way way) throws IOException {
    try (var fleet = fleet(1, false)) {
      untilUntouched(
          fleet,
          way,
          true,
          (run, row) -> {
            // The target may have closed it while it was idle, which is no failure.
            assertThat(run.n() > 1 || row.outcome().equals("completed")).as("asked again").isTrue();
            assertAnswer(way, run, row);
          });
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void withASecondTarget(Way way) throws IOException {
    try (var fleet = fleet(2, false)) {
      untilUntouched(
          fleet,
          way,
          false,
          (run, row) -> {
            assertThat(run.struck() && run.n() <= 2 && row.attempts() != 2)
                .as("no second try")
                .isFalse();
            assertAnswer(way, run, row);
            if (!row.outcome().equals("completed")) {
              assertThat(row.completionTokens()).as("failed before a token").isPositive();
              assertThat(row.attempts()).isEqualTo(1);
            }
          });
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void whereAnswersGoOn(Way way) throws IOException {
    try (var fleet = fleet(2, true)) {
      untilUntouched(
          fleet,
          way,
          false,
          (run, row) -> {
            run.response().assertWhole(way.stream(), WHOLE);
            assertThat(row.outcome()).isEqualTo("completed");
            assertThat(row.completionTokens()).isEqualTo(TOKENS);
          });
    }
  }

  /** Text, then calls: a break in the text is continued, a break in a call ends with an error. */
  @ParameterizedTest
  @MethodSource("callingWays")
  void whereToolsAreCalled(Way way) throws IOException {
    try (var fleet = fleet(2, true)) {
      List<Called> whole = calls(way, fleet.send(request(fleet, way)));
      assertThat(whole).hasSize(2);
      untilUntouched(
          fleet,
          way,
          false,
          (run, row) -> {
            if (row.outcome().equals("completed")) {
              assertThat(calls(way, run.response())).isEqualTo(whole);
              return;
            }
            assertThat(row.attempts()).as("a call asked for anew").isEqualTo(1);
            assertThat(row.completionTokens()).as("text that did not go on").isGreaterThan(3);
            assertThat(run.response().status()).isEqualTo(way.stream() ? 200 : 503);
            if (way.stream()) {
              assertBeginning(calls(way, run.response()), whole);
              assertTold(run.response().events(), "0 1 2 ");
            }
          });
    }
  }

  private static List<Called> calls(Way way, Response response) {
    return way.stream() ? Called.of(response.events()) : Called.of(response.json());
  }

  private static void assertBeginning(List<Called> calls, List<Called> whole) {
    for (int i = 0; i < calls.size(); i++) {
      List<String> pieces = calls.get(i).pieces();
      boolean last = i == calls.size() - 1;
      List<String> all = whole.get(i).pieces();
      assertThat(calls.get(i).id()).isEqualTo(whole.get(i).id());
      assertThat(pieces).isEqualTo(last ? all.subList(0, pieces.size()) : all);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void onTheClientsSide(Way way) throws IOException {
    try (var fleet = fleet(1, false);
        var io = new NthIo(NthIo.Side.CLIENTS, fleet.address())) {
      List<Boolean> whole = new ArrayList<>();
      fleet.assertNothingLeft();
      LedgerRow mark = fleet.mark();
      long asked = fleet.simulator(0).requests();
      boolean struck;
      do {
        assertThat(whole).hasSizeLessThan(RUNS_MAX);
        io.arm(whole.size() + 1, way.reset());
        whole.add(isWhole(fleet, way));
        struck = io.disarm();
        assertNothingLeft(fleet);
        Awaitility.await("the client to be let go").until(() -> io.connections() == 0);
        // One for each event loop may wait for the next request.
        assertThat(fleet.simulator(0).openConnections()).isLessThanOrEqualTo(2);
      } while (struck);

      assertThat(whole).as("all passed at once").hasSizeGreaterThan(4).isSorted();
      int passed = Collections.frequency(whole, true);
      assertThat(passed).as("whole answers").isBetween(1, 1 + operationsBehindTheAnswer());
      List<LedgerRow> rows = fleet.rowsBehind(mark);
      assertThat(rows).hasSize((int) (fleet.simulator(0).requests() - asked));
      int broken = rows.size() - passed;
      assertThat(rows.subList(broken, rows.size()))
          .allMatch(row -> row.outcome().equals("completed"));
      assertThat(rows.subList(0, broken))
          .isNotEmpty()
          .allMatch(row -> row.outcome().equals("client_gone") && row.status() == 499);
    }
  }

  /** What may still fail on a connection once its client has the whole answer. */
  int operationsBehindTheAnswer() {
    return 0;
  }

  private static TestFleet fleet(int targets, boolean continues) throws IOException {
    var plain = TestFleet.rules();
    // The deadlines are so long that a forgotten timer is still set when timers are counted.
    var rules =
        new Fleet.Rules(
            plain.policy(),
            List.of(),
            100,
            continues ? Streams.CONTINUED : Streams.ALWAYS,
            Bounds.DEFAULT);
    var model = new Model(TestFleet.MODEL, 1_767_225_600, "tests", null, null, List.of());
    return TestFleet.start(
        Collections.nCopies(targets, "numbered"),
        all ->
            List.of(
                new Offer.Remote(
                    model,
                    // Not judged, or the first would be avoided after three failures.
                    all.stream().map(one -> new Fleet.Member(one, 1, 0, false)).toList(),
                    rules,
                    Map.of())));
  }

  private static void untilUntouched(TestFleet fleet, Way way, boolean kept, Check check)
      throws IOException {
    List<Run> runs = new ArrayList<>();
    fleet.assertNothingLeft();
    LedgerRow mark = fleet.mark();
    try (var io = new NthIo(NthIo.Side.TARGETS, fleet.address())) {
      do {
        assertThat(runs).hasSizeLessThan(RUNS_MAX);
        fleet.closeUpstreams();
        Awaitility.await("an empty pool").until(() -> io.connections() == 0);
        runs.add(run(fleet, io, way, kept, runs.size() + 1));
        assertNothingLeft(fleet);
        assertThat(io.connections()).as("connections behind %s", runs).isLessThanOrEqualTo(1);
      } while (runs.getLast().struck());
    }
    assertThat(runs).as("all passed at once").hasSizeGreaterThan(20);
    for (Run run : runs) {
      check.check(run, fleet.row(run.response()));
    }
    assertThat(fleet.rowsBehind(mark)).hasSize((kept ? 2 : 1) * runs.size());
  }

  private static Run run(TestFleet fleet, NthIo io, Way way, boolean kept, int n)
      throws IOException {
    try (RawHttp client = fleet.connect()) {
      if (kept) {
        ask(fleet, client, way).assertWhole(way.stream(), WHOLE);
      }
      io.arm(n, way.reset());
      Response response = ask(fleet, client, way);
      return new Run(n, io.disarm(), response);
    }
  }

  private static void assertNothingLeft(TestFleet fleet) {
    fleet.assertNothingLeft();
    fleet.assertNoTimerLeft();
  }

  private static String request(TestFleet fleet, Way way) {
    String text = way.tools() ? "[[calls@3]]" : "[[tokens=" + TOKENS + "]]";
    ObjectNode body = Requests.chat(TestFleet.MODEL, text, way.stream());
    return Requests.post(fleet.key(), (way.tools() ? Requests.withTools(body) : body).toString());
  }

  private static Response ask(TestFleet fleet, RawHttp client, Way way) throws IOException {
    return client.send(request(fleet, way)).response();
  }

  /** Whether a whole answer came; without one the connection must have ended. */
  private static boolean isWhole(TestFleet fleet, Way way) throws IOException {
    Response response;
    try (RawHttp client = fleet.connect()) {
      response = ask(fleet, client, way);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the client was left waiting", e);
    } catch (IOException e) {
      return false;
    }
    response.assertWhole(way.stream(), WHOLE);
    return true;
  }

  private static void assertAnswer(Way way, Run run, LedgerRow row) {
    Response response = run.response();
    if (row.outcome().equals("completed")) {
      response.assertWhole(way.stream(), WHOLE);
      assertThat(row.completionTokens()).isEqualTo(TOKENS);
      return;
    }
    assertThat(row.outcome()).isEqualTo("failed");
    assertThat(row.status()).isEqualTo(response.status());
    if (response.status() == 200) {
      assertThat(way.stream()).isTrue();
      assertTold(response.events(), WHOLE);
      assertThat(row.completionTokens()).isEqualTo(response.events().content().length() / 2);
    } else {
      assertThat(response.status()).isEqualTo(503);
      assertThat(response.error().path("code").asString()).isEqualTo("upstream_failed");
    }
  }

  private static void assertTold(Events events, String whole) {
    assertThat(events.content()).isNotEmpty();
    assertThat(whole).startsWith(events.content());
    assertThat(events.finishReason()).isEmpty();
    assertThat(events.error().path("code").asString()).isEqualTo("upstream_failed");
    assertThat(events.done()).isTrue();
  }
}
