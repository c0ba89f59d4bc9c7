package tayyar.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.awaitility.Awaitility;
import tayyar.Offer;
import tayyar.Plan;
import tayyar.Seen;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.api.Model;
import tayyar.api.Network;
import tayyar.api.Target;
import tayyar.api.Target.Address;
import tayyar.api.Target.Dialect;
import tayyar.routing.Fleet;
import tayyar.routing.Streams;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;
import tools.jackson.databind.node.ObjectNode;

/**
 * A gateway in front of several simulators, for one test: nothing that a target did in one test is
 * known in the next. At its end it looks whether anything was left behind.
 */
public final class TestFleet implements AutoCloseable {
  /** The model of {@link #pair}; its targets are tried in order while nothing is under way. */
  public static final String MODEL = "pair";

  /** Deadlines that a test can wait for. */
  public static final Bounds QUICK =
      Gates.answer(Duration.ofMillis(400), Duration.ofMillis(400), Duration.ofSeconds(20))
          .with(Deadline.WHOLE, Duration.ofSeconds(1));

  private static final Duration SOON = TestGateway.SOON;

  private final List<Simulator> simulators;
  private final List<Target> targets;
  private final Wiring wiring;
  private final String key;

  private TestFleet(List<Simulator> simulators, List<Target> targets, Wiring wiring) {
    this.simulators = simulators;
    this.targets = targets;
    this.wiring = wiring;
    this.key = wiring.key();
  }

  /**
   * Starts.
   *
   * @param scripts what each simulator does
   * @param offers what the gateway serves, by the simulators' targets: t0, t1 and so on
   */
  public static TestFleet start(List<String> scripts, Function<List<Target>, List<Offer>> offers)
      throws IOException {
    return start(scripts, offers, Seen.USUAL);
  }

  /** The same with something else told of the requests. */
  public static TestFleet start(
      List<String> scripts, Function<List<Target>, List<Offer>> offers, Seen seen)
      throws IOException {
    return start(scripts, offers, seen, List.of());
  }

  /** The model of {@link #pair} with one target, where limits are counted with others. */
  public static TestFleet counting(Plan.SharedCounts counts, String script) throws IOException {
    var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Simulator simulator = Simulator.start(any, Script.of(script));
    var address = new Address.Tcp("127.0.0.1", simulator.address().getPort(), false);
    var targets = List.of(new Target("t0", address, "/v1", "over-there", null));
    List<Offer> offers = List.of(model(MODEL, rules(), targets));
    return new TestFleet(List.of(simulator), targets, Wiring.counting(offers, QUICK, counts));
  }

  /** The model of {@link #pair} with one target, behind proxies in this network. */
  public static TestFleet behind(String network) throws IOException {
    return start(
        List.of(""),
        all -> List.of(model(MODEL, rules(), all)),
        Seen.USUAL,
        List.of(Objects.requireNonNull(Network.of(network))));
  }

  private static TestFleet start(
      List<String> scripts,
      Function<List<Target>, List<Offer>> offers,
      Seen seen,
      List<Network> trusted)
      throws IOException {
    List<Simulator> simulators = new ArrayList<>();
    List<Target> targets = new ArrayList<>();
    for (String script : scripts) {
      var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      Simulator simulator = Simulator.start(any, Script.of(script));
      var address = new Address.Tcp("127.0.0.1", simulator.address().getPort(), false);
      targets.add(new Target("t" + simulators.size(), address, "/v1", "over-there", null));
      simulators.add(simulator);
    }
    Wiring wiring = Wiring.start(offers.apply(targets), QUICK, true, seen, trusted);
    return new TestFleet(simulators, targets, wiring);
  }

  /** The model of {@link #pair} with other servers on loopback as its targets, in order. */
  public static TestFleet before(BytesUpstream... upstreams) throws IOException {
    return before(Dialect.OPENAI, upstreams);
  }

  /** The same where they are asked in this dialect. */
  public static TestFleet before(Dialect dialect, BytesUpstream... upstreams) throws IOException {
    List<Target> targets = new ArrayList<>();
    for (BytesUpstream upstream : upstreams) {
      var address = new Address.Tcp("127.0.0.1", upstream.port(), false);
      var target = new Target("t" + targets.size(), address, "/v1", "over-there", upstream.key());
      targets.add(speaking(dialect, target));
    }
    return before(targets, rules(Bounds.DEFAULT));
  }

  private static TestFleet before(List<Target> targets, Fleet.Rules rules) throws IOException {
    List<Offer> offers = List.of(model(MODEL, rules, targets));
    return new TestFleet(List.of(), targets, Wiring.start(offers, QUICK, true, Seen.USUAL));
  }

  /** One such server of which whole answers are asked for as streams. */
  public static TestFleet streaming(Dialect dialect, BytesUpstream upstream) throws IOException {
    var address = new Address.Tcp("127.0.0.1", upstream.port(), false);
    var target = new Target("t0", address, "/v1", "over-there", upstream.key());
    return before(List.of(speaking(dialect, target)), Wiring.rules(Bounds.DEFAULT, Streams.ALWAYS));
  }

  /** The model of {@link #pair} whose simulators are asked in these dialects, in order. */
  public static TestFleet speaking(List<Dialect> dialects, String... scripts) throws IOException {
    return start(
        List.of(scripts),
        all -> {
          List<Target> targets = new ArrayList<>();
          for (Target each : all) {
            targets.add(speaking(dialects.get(targets.size()), each));
          }
          return List.of(model(MODEL, rules(), targets));
        });
  }

  /** The same target, asked in this dialect. */
  public static Target speaking(Dialect dialect, Target target) {
    String header =
        switch (dialect) {
          case OPENAI, RESPONSES -> "";
          case ANTHROPIC -> "x-api-key";
          case GEMINI -> "x-goog-api-key";
        };
    var access = new Target.Access(header, "", null, null, false, "", dialect);
    return new Target(
        target.name(), target.address(), target.path(), target.model(), target.key(), access);
  }

  /** One model with all simulators as its targets, in order. */
  public static TestFleet pair(String... scripts) throws IOException {
    return start(List.of(scripts), all -> List.of(model(MODEL, rules(), all)));
  }

  /** The same with other deadlines. */
  public static TestFleet pair(Bounds bounds, String... scripts) throws IOException {
    return start(List.of(scripts), all -> List.of(model(MODEL, Wiring.rules(bounds), all)));
  }

  /** The same where whole answers are asked for as streams. */
  public static TestFleet streaming(Bounds bounds, String... scripts) throws IOException {
    Fleet.Rules rules = Wiring.rules(bounds, Streams.ALWAYS);
    return start(List.of(scripts), all -> List.of(model(MODEL, rules, all)));
  }

  /** One model with upstreams of a test's own as its targets, in order. */
  public static TestFleet before(Bounds bounds, RawUpstream... upstreams) throws IOException {
    List<Target> all = new ArrayList<>();
    for (RawUpstream upstream : upstreams) {
      all.add(upstream.target("t" + all.size()));
    }
    return start(List.of(), _ -> List.of(model(MODEL, Wiring.rules(bounds), all)));
  }

  /** The same where broken answers go on. */
  public static TestFleet continuing(String... scripts) throws IOException {
    Fleet.Rules plain = rules();
    var rules = new Fleet.Rules(plain.policy(), List.of(), 100, Streams.CONTINUED, QUICK);
    return start(List.of(scripts), all -> List.of(model(MODEL, rules, all)));
  }

  /** The first target that is free, up to 100 requests waiting, no fallback. */
  public static Fleet.Rules rules() {
    return Wiring.rules(QUICK);
  }

  /** The same with other deadlines. */
  public static Fleet.Rules rules(Bounds bounds) {
    return Wiring.rules(bounds);
  }

  /** A model and its targets, of any capacity. */
  public static Offer.Remote model(String name, Fleet.Rules rules, List<Target> targets) {
    return new Offer.Remote(
        new Model(name, 1_767_225_600, "tests", null, null, List.of(name + "-alias")),
        targets.stream().map(target -> new Fleet.Member(target, 1, 0)).toList(),
        rules,
        Map.of());
  }

  /** Serves other models from now on, by the same targets. */
  public void reload(Function<List<Target>, List<Offer.Remote>> offers) {
    wiring.gateway().reload(offers.apply(targets));
  }

  /** Stops the gateway and starts another one on the same store. */
  public void restart() throws IOException {
    wiring.restart();
  }

  /** A gauge without labels, as a scrape has it now. */
  public double gauge(String name) {
    try (RawHttp scraper = RawHttp.to(admin())) {
      String text =
          scraper.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").response().text();
      return text.lines()
          .filter(line -> line.startsWith(name + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until no request holds a part of a balance, or stands in the journal. */
  public void awaitNothingHeld() {
    Awaitility.await("nothing to be held")
        .atMost(SOON)
        .until(
            () ->
                gauge("tayyar_holds_open") + gauge("tayyar_held") + gauge("tayyar_journal_rows")
                    == 0);
  }

  /** The id of {@link #key}. */
  public String keyId() {
    return wiring.keyId(key);
  }

  /** What the control plane's address serves, each as a method and a path. */
  public Set<String> adminOperations() {
    return wiring.gateway().adminOperations();
  }

  /** Where the control plane listens. */
  public InetSocketAddress admin() {
    return wiring.gateway().admin();
  }

  /** A target's server. */
  public Simulator simulator(int index) {
    return simulators.get(index);
  }

  /** A key with a limit no test reaches. */
  public String key() {
    return key;
  }

  /** A second one. */
  public String newKey() {
    String one = wiring.createKey(100_000);
    Awaitility.await("the key to be known")
        .atMost(SOON)
        .until(() -> send(Requests.post(one, "")).status() == 400);
    return one;
  }

  /** Where the gateway listens. */
  public InetSocketAddress address() {
    return wiring.address();
  }

  /** Closes all connections to the targets, from their side. */
  public void closeUpstreams() {
    simulators.forEach(Simulator::closeConnections);
  }

  /** Sends bytes on a connection of their own and reads the one response. */
  public Response send(String bytes) throws IOException {
    try (RawHttp client = connect()) {
      return client.send(bytes).response();
    }
  }

  /** A new connection. */
  public RawHttp connect() throws IOException {
    return RawHttp.to(address());
  }

  /** Posts a chat and reads the whole answer. */
  public Response chat(ObjectNode body) throws IOException {
    return send(Requests.post(key, body.toString()));
  }

  /** Posts a body to a path below /v1 and reads the whole answer. */
  public Response post(String path, String body) throws IOException {
    return send(Requests.post("/v1" + path, key, body, ""));
  }

  /** Asks the model of {@link #pair} for a stream with usage and reads it to its end. */
  public Response stream(String text) throws IOException {
    return chat(Requests.chatWithUsage(MODEL, text));
  }

  /** Waits for the one row that the ledger has of a response. */
  public LedgerRow row(Response response) {
    String id = response.field("X-Request-Id");
    Awaitility.await("the row of " + id).atMost(SOON).until(() -> !rows(id).isEmpty());
    assertThat(rows(id)).hasSize(1);
    return rows(id).getFirst();
  }

  /** Waits for the one row of a client that left, who was given no request's id. */
  public LedgerRow rowOfWhoLeft() {
    Awaitility.await("a row of a client that left")
        .atMost(SOON)
        .until(() -> wiring.rows().stream().anyMatch(row -> row.status() == 499));
    List<LedgerRow> gone = wiring.rows().stream().filter(row -> row.status() == 499).toList();
    assertThat(gone).hasSize(1);
    return gone.getFirst();
  }

  /** The database's file. */
  public Path database() {
    return wiring.database();
  }

  /** All rows of the ledger. */
  public List<LedgerRow> rows() {
    return wiring.rows();
  }

  /** A row of a request that is refused: the ledger keeps the order, so it parts the others. */
  public LedgerRow mark() throws IOException {
    return row(send(Requests.post(key, "")));
  }

  /** All rows of requests that came behind the one of a mark and are over. */
  public List<LedgerRow> rowsBehind(LedgerRow mark) throws IOException {
    LedgerRow end = mark();
    List<LedgerRow> all = rows();
    return all.subList(all.indexOf(mark) + 1, all.indexOf(end));
  }

  private List<LedgerRow> rows(String requestId) {
    return wiring.rows().stream().filter(row -> row.requestId().equals(requestId)).toList();
  }

  /** Places that are taken at targets. */
  public int inFlight() {
    return wiring.gateway().inFlight();
  }

  /** Requests that wait for a place. */
  public int waiting() {
    return wiring.gateway().waiting();
  }

  /** Fails where something of a request is left although all clients have gone. */
  public void assertNothingLeft() {
    Awaitility.await("streams to end").atMost(SOON).until(() -> wiring.liveStreams() == 0);
    // A body that never comes whole is no stream yet; its permit comes back behind its connection.
    Awaitility.await("permits to come back").atMost(SOON).until(() -> wiring.permits() == 0);
    assertThat(inFlight()).as("places at targets").isZero();
    assertThat(waiting()).as("requests that wait").isZero();
    for (Simulator simulator : simulators) {
      Awaitility.await("the upstream to be left in peace")
          .atMost(SOON)
          .until(() -> simulator.answering() == 0);
      assertThat(simulator.failures()).isEmpty();
    }
  }

  /** The timers that are set on the gateway's event loops, in words. */
  public List<String> timers() {
    return Wires.timers(address());
  }

  /**
   * Fails where a timer of a stream or a connection is still set although all clients have gone.
   */
  public void assertNoTimerLeft() {
    Awaitility.await("timers to be taken back")
        .atMost(SOON)
        .untilAsserted(() -> assertThat(timers()).isEmpty());
  }

  @Override
  public void close() {
    try {
      assertNothingLeft();
      assertNoTimerLeft();
    } finally {
      wiring.stop();
      simulators.forEach(Simulator::close);
      wiring.close();
    }
  }
}
