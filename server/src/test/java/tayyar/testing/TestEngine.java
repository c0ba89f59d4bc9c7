package tayyar.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import tayyar.Offer;
import tayyar.api.Bounds;
import tayyar.api.Model;
import tayyar.engine.Engine;
import tayyar.upstream.Resident;
import tayyar.upstream.Worker;
import tools.jackson.databind.node.ObjectNode;

/**
 * A gateway with a worker of its own, a process as {@code serve} starts it, for all tests of a
 * class: registered as a static extension. It starts with the first test that is not skipped. After
 * each test it looks whether anything was left behind, in the worker too.
 */
public final class TestEngine implements BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  /** The worker's model, as clients call it. */
  public static final String MODEL = "smollm2-135m";

  /** A second name of the same model. */
  public static final String ALIAS = "smollm2";

  /** Longer than a start of the worker should take, even on a busy machine. */
  public static final Duration START = Duration.ofSeconds(60);

  private final Bounds bounds;
  private final List<String> options;
  private List<String> java = List.of();
  private @Nullable Path file;
  private @Nullable Path folder;
  private @Nullable Wiring wiring;
  private String key = "";

  private TestEngine(Bounds bounds, List<String> options) {
    this.bounds = bounds;
    this.options = options;
  }

  /** One with the bounds an operator gets who says nothing. */
  public static TestEngine usual(String... options) {
    return with(Bounds.DEFAULT, options);
  }

  /**
   * One with other bounds.
   *
   * @param options more for the worker's command line
   */
  public static TestEngine with(Bounds bounds, String... options) {
    return new TestEngine(bounds, List.of(options));
  }

  /** More options for the worker's Java. */
  public TestEngine java(String... more) {
    java = List.of(more);
    return this;
  }

  /** Another model file, whatever is in it. */
  public TestEngine of(Path other) {
    file = other;
    return this;
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    if (wiring == null) {
      Given.NATIVES.path();
      Given.MODEL.path();
      start();
      assertThat(awaitReady()).isEmpty();
    }
  }

  /** Starts the gateway; its worker may still be loading. */
  public void start() throws IOException {
    folder = Files.createTempDirectory("tayyar-worker");
    Path socket = folder.resolve("w");
    var model =
        new Model(
            MODEL, 1_767_225_600, "tayyar", null, null, List.of(ALIAS), Engine.endpoints(file()));
    List<String> command = command(socket);
    var resident =
        new Resident(
            MODEL, () -> new Worker(command, Worker.Libraries.OWN, socket, MODEL, true, ""));
    var offer = new Offer.Embedded(model, resident, Resident.Terms.USUAL, Wiring.rules(bounds));
    wiring = Wiring.start(List.of(offer), bounds, false);
    key = newKey();
  }

  private List<String> command(Path socket) {
    return command(MODEL, file(), socket, java, options);
  }

  /** A worker's command line. */
  static List<String> command(
      String model, Path file, Path socket, List<String> java, List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx512m", "--enable-native-access=ALL-UNNAMED"));
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(java);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "tayyar.Main", "worker"));
    command.addAll(List.of("--socket", socket.toString(), "--name", model, "--parent-stdin"));
    command.addAll(List.of("--natives", Given.NATIVES.path().toString()));
    command.addAll(List.of("--model", file.toString()));
    command.addAll(List.of("--slots", "4", "--context", "1024", "--threads", "1"));
    command.addAll(options);
    return command;
  }

  private Path file() {
    return file == null ? Given.MODEL.path() : file;
  }

  /** Waits for the worker; empty when it is ready, otherwise a sentence saying why not. */
  public String awaitReady() throws InterruptedException {
    return wiring().gateway().awaitReady(START);
  }

  /** Whether all is up, as /readyz says it. */
  public boolean ready() {
    return wiring().gateway().ready();
  }

  /** Ends the worker's process as the kernel does when memory is short; it is seen to be gone. */
  public long kill() {
    long pid = pid();
    ProcessHandle worker = ProcessHandle.of(pid).orElseThrow();
    worker.destroyForcibly();
    Awaitility.await("the worker to die").atMost(START).until(() -> !worker.isAlive());
    return pid;
  }

  /** The worker's process. */
  public long pid() {
    return wiring().gateway().workerPids().getFirst();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (wiring != null) {
      assertNothingLeft();
    }
  }

  private void assertNothingLeft() {
    Awaitility.await("streams to end").atMost(TestGateway.SOON).until(() -> streams() == 0);
    assertThat(wiring().permits()).as("permits").isZero();
    assertThat(wiring().gateway().inFlight()).as("places at targets").isZero();
    Awaitility.await("the worker's slots to be free")
        .atMost(TestGateway.SOON)
        .until(() -> gauge("tayyar_engine_slots_busy") == 0);
  }

  /** Requests under way. */
  public int streams() {
    return wiring().liveStreams();
  }

  /** A number from the metrics page. */
  public double gauge(String name) throws IOException {
    try (RawHttp client = RawHttp.to(wiring().gateway().admin())) {
      return client
          .send(Requests.bare("GET", "/metrics"))
          .response()
          .text()
          .lines()
          .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    close();
  }

  /** Stops the gateway, and with it the worker. */
  public void close() throws IOException {
    if (wiring != null) {
      wiring.stop();
      wiring.close();
      wiring = null;
      Path socket = Objects.requireNonNull(folder);
      Files.deleteIfExists(socket.resolve("w"));
      Files.deleteIfExists(socket);
    }
  }

  /** A key with a limit no test reaches. */
  public String key() {
    return key;
  }

  /** Returns the base URL for SDKs. */
  public String baseUrl() {
    return "http://127.0.0.1:" + wiring().address().getPort() + "/v1";
  }

  /** A new key, known to the running gateway. */
  public String newKey() {
    String one = wiring().createKey(100_000);
    Awaitility.await("the key to be known")
        .atMost(TestGateway.SOON)
        .until(() -> send(Requests.post(one, "")).status() == 400);
    return one;
  }

  /** A new connection. */
  public RawHttp connect() throws IOException {
    return RawHttp.to(wiring().address());
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

  /** A question with a seed, whose answer has at most so many tokens. */
  public static ObjectNode question(String text, int tokens) {
    return Requests.chatWithUsage(MODEL, text).put("max_tokens", tokens).put("seed", 42);
  }

  /** All rows of the ledger. */
  public List<LedgerRow> rows() {
    return wiring().rows();
  }

  /** Waits for the one row that the ledger has of a response. */
  public LedgerRow row(Response response) {
    return row(response.head());
  }

  /** Waits for the one row that the ledger has of a response with this head. */
  public LedgerRow row(RawHttp.Head head) {
    String id = head.field("X-Request-Id");
    Awaitility.await("the row of " + id)
        .atMost(TestGateway.SOON)
        .until(() -> wiring().rows().stream().anyMatch(row -> row.requestId().equals(id)));
    List<LedgerRow> rows =
        wiring().rows().stream().filter(row -> row.requestId().equals(id)).toList();
    assertThat(rows).hasSize(1);
    return rows.getFirst();
  }

  private Wiring wiring() {
    return Objects.requireNonNull(wiring);
  }
}
