package tayyar.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import tayyar.api.Bounds;
import tayyar.api.Storing;
import tayyar.api.Target.Dialect;
import tayyar.routing.Streams;
import tayyar.simulate.ReceivedRequest;
import tayyar.simulate.Script;
import tayyar.simulate.Simulator;
import tools.jackson.databind.node.ObjectNode;

/**
 * A gateway in front of a simulator, for all tests of a class: registered as a static extension.
 * After each test it looks whether anything was left behind: a permit, a stream, an answer of the
 * upstream, a request without its one row in the ledger.
 */
public final class TestGateway implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  /** The simulator's model, as clients of the gateway call it. */
  public static final String MODEL = "sim";

  /** Longer than anything here should take. */
  public static final Duration SOON = Duration.ofSeconds(10);

  private final Bounds bounds;
  private final Streams streams;
  private final Dialect dialect;
  private final Queue<String> answered = new ConcurrentLinkedQueue<>();
  private @Nullable Simulator simulator;
  private @Nullable Wiring wiring;
  private String key = "";

  static {
    Awaitility.setDefaultPollDelay(Duration.ZERO);
    Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
  }

  private final @Nullable Storing storing;

  private TestGateway(Bounds bounds, Streams streams, Dialect dialect, @Nullable Storing storing) {
    this.storing = storing;
    this.bounds = bounds;
    this.streams = streams;
    this.dialect = dialect;
  }

  /** Creates one with the default bounds. */
  public static TestGateway usual() {
    return with(Bounds.DEFAULT);
  }

  /** Creates one with other bounds. */
  public static TestGateway with(Bounds bounds) {
    return new TestGateway(bounds, Streams.WANTED, Dialect.OPENAI, null);
  }

  /** The same where whole answers are asked for as streams. */
  public static TestGateway streaming(Bounds bounds) {
    return new TestGateway(bounds, Streams.ALWAYS, Dialect.OPENAI, null);
  }

  /** One whose upstream is asked in this dialect. */
  public static TestGateway speaking(Dialect dialect) {
    return new TestGateway(Bounds.DEFAULT, Streams.WANTED, dialect, null);
  }

  /** One that stores responses, and whose upstream is asked in this dialect. */
  public static TestGateway storing(Storing how, Dialect dialect) {
    return storing(how, dialect, Bounds.DEFAULT);
  }

  /** The same with other bounds. */
  public static TestGateway storing(Storing how, Dialect dialect, Bounds bounds) {
    return new TestGateway(bounds, Streams.WANTED, dialect, how);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    start();
  }

  /** Starts both. */
  public void start() throws IOException {
    Simulator upstream =
        Simulator.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Script.of(""));
    simulator = upstream;
    wiring = Wiring.start(upstream.address(), bounds, streams, dialect, storing);
    key = wiring().key();
  }

  /** Stops the gateway as the stop signal does, then the simulator. */
  public void stop() {
    stopGateway();
    closeRest();
  }

  /** Closes what is left behind {@link #stopGateway()}. */
  public void closeRest() {
    simulator().close();
    wiring().close();
  }

  /** Stops the gateway as the stop signal does; blocks until it has stopped. */
  public void stopGateway() {
    wiring().stop();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    try {
      assertNothingLeft();
    } finally {
      answered.clear();
      simulator().forget();
    }
  }

  /** Fails where something of a request is left although all clients have gone. */
  public void assertNothingLeft() {
    Awaitility.await("streams to end").atMost(SOON).until(() -> wiring().liveStreams() == 0);
    Awaitility.await("permits to come back").atMost(SOON).until(() -> wiring().permits() == 0);
    Awaitility.await("the upstream to be left in peace")
        .atMost(SOON)
        .until(() -> simulator().answering() == 0);
    for (String requestId : answered) {
      assertThat(rows(requestId)).as("rows of " + requestId).hasSizeLessThanOrEqualTo(1);
    }
    assertThat(simulator().failures()).isEmpty();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    stop();
  }

  /** The upstream. */
  public Simulator simulator() {
    return Objects.requireNonNull(simulator);
  }

  /** The oldest request at the upstream that no test has taken yet. */
  public ReceivedRequest upstream() {
    return simulator().next(SOON);
  }

  /** Where the gateway listens. */
  public InetSocketAddress address() {
    return wiring().address();
  }

  /** What the gateway serves, each as a method and a path. */
  public Set<String> operations() {
    return wiring().gateway().operations();
  }

  /** Where clients without TLS are sent on from. */
  public InetSocketAddress redirect() {
    return Objects.requireNonNull(wiring().gateway().redirect());
  }

  /** A gauge or counter without labels, as a scrape has it now. */
  public double gauge(String name) {
    try (RawHttp scraper = RawHttp.to(wiring().gateway().admin())) {
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

  /** Returns the base URL for SDKs. */
  public String baseUrl() {
    return (OverTls.Switch.isOn() ? "https" : "http")
        + "://127.0.0.1:"
        + address().getPort()
        + "/v1";
  }

  /** A key with a limit no test reaches. */
  public String key() {
    return key;
  }

  /** A new key, known to the running gateway. */
  public String newKey(int requestsPerMinute) {
    String one = wiring().createKey(requestsPerMinute);
    // The gateway takes in all keys of the store at once: where a later one counts, this one does.
    String probe = Requests.post(wiring().createKey(100_000), "");
    Awaitility.await("the key to be known")
        .atMost(SOON)
        // Each time before is one with a wrong key, of which an address has few.
        .pollDelay(Duration.ofMillis(150))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> send(probe).status() == 400);
    return one;
  }

  /** Revokes a key the way the command line does: in the store. */
  public void revoke(String one) {
    wiring().revoke(one);
  }

  /** The number of requests under way. */
  public int live() {
    return wiring().liveStreams();
  }

  /** A new connection. */
  public RawHttp connect() throws IOException {
    return RawHttp.to(address());
  }

  /** Sends bytes on a connection of their own and reads the one response. */
  public Response send(String bytes) throws IOException {
    try (RawHttp client = connect()) {
      return client.send(bytes).response();
    }
  }

  /** Posts a chat and reads the whole answer. */
  public Response chat(ObjectNode body) throws IOException {
    return send(Requests.post(key, body.toString()));
  }

  /** Asks for a stream and reads it to its end. */
  public Response stream(String text) throws IOException {
    return chat(Requests.chat(MODEL, text, true));
  }

  /** Waits for the one row that the ledger has of a request. */
  public LedgerRow row(String requestId) {
    answered.add(requestId);
    Awaitility.await("the row of " + requestId)
        .atMost(SOON)
        .until(() -> !rows(requestId).isEmpty());
    return rows(requestId).getFirst();
  }

  /** Waits for the one row that the ledger has of a response. */
  public LedgerRow row(Response response) {
    return row(response.field("X-Request-Id"));
  }

  /** Waits for the one row that the ledger has of a key. */
  public LedgerRow rowOf(String one) {
    Awaitility.await("a row of a key").atMost(SOON).until(() -> !rowsOf(one).isEmpty());
    assertThat(rowsOf(one)).hasSize(1);
    return rowsOf(one).getFirst();
  }

  /** The rows that the ledger has of a key by now. */
  public List<LedgerRow> rowsOf(String one) {
    String id = wiring().keyId(one);
    return rows().stream().filter(row -> row.keyId().equals(id)).toList();
  }

  /** The store's file. */
  public Path database() {
    return wiring().database();
  }

  /** Closes the upstream's connections that serve nothing, from its side. */
  public void closeIdleUpstreams() {
    simulator().closeConnections();
    Awaitility.await("connections to close")
        .atMost(SOON)
        .until(() -> simulator().openConnections() == 0);
  }

  /** All rows of the ledger that have been written so far. */
  public List<LedgerRow> rows() {
    return wiring().rows();
  }

  private List<LedgerRow> rows(String requestId) {
    return rows().stream().filter(row -> row.requestId().equals(requestId)).toList();
  }

  private Wiring wiring() {
    return Objects.requireNonNull(wiring);
  }
}
