package tayyar.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tayyar.Offer;
import tayyar.Plan;
import tayyar.api.Bounds;
import tayyar.api.Model;
import tayyar.upstream.Resident;
import tayyar.upstream.Worker;
import tools.jackson.databind.node.ObjectNode;

/** A gateway with several models of our own, each with a worker as {@code serve} starts it. */
public final class TestModels implements AutoCloseable {
  private static final String TEMPLATE =
      "{% for m in messages %}<|im_start|>{{ m.content }}<|im_end|>{% endfor %}<|im_start|>";

  private final Path folder;
  private final Bounds bounds;
  private final Map<String, Offer> offers = new LinkedHashMap<>();
  private @Nullable Wiring wiring;
  private String key = "";

  /** None yet, with their files and sockets in a folder. */
  public TestModels(Path folder, Bounds bounds) {
    this.folder = folder;
    this.bounds = bounds;
  }

  /** One more, with random weights, which says nothing of sense. */
  public TestModels tiny(String name, Resident.Terms terms) throws IOException {
    Path file = folder.resolve(name + ".gguf");
    return of(name, TinyModel.write(file, TEMPLATE, true, List.of()), terms);
  }

  /** One more, of a file. */
  public TestModels of(String name, Path file, Resident.Terms terms) {
    Path socket = folder.resolve(name + ".socket");
    List<String> command = TestEngine.command(name, file, socket, List.of(), List.of());
    var resident =
        new Resident(name, () -> new Worker(command, Worker.Libraries.OWN, socket, name, true, ""));
    var model = new Model(name, 1_767_225_600, "tayyar", null, null, List.of());
    offers.put(name, new Offer.Embedded(model, resident, terms, Wiring.rules(bounds)));
    return this;
  }

  /** One fewer. */
  public TestModels without(String name) {
    offers.remove(name);
    return this;
  }

  /** Starts the gateway, and waits for the models that are loaded at the start. */
  public TestModels start(long memoryBytes) throws Exception {
    Plan.Shared shared = new Plan.Shared(memoryBytes, 2);
    wiring = Wiring.start(List.copyOf(offers.values()), bounds, shared);
    key = wiring.key();
    assertThat(wiring.gateway().awaitReady(TestEngine.START)).isEmpty();
    return this;
  }

  /** Takes in the models as they are now. */
  public void reload() {
    wiring().gateway().reload(List.copyOf(offers.values()));
  }

  /** Whether a model is in memory, as the metrics say it. */
  public boolean isLoaded(String model) throws IOException {
    return scrape().contains("tayyar_model_loaded{model=\"" + model + "\"} 1");
  }

  /** Waits until it is in memory, or is not. */
  public void awaitLoaded(String model, boolean loaded) {
    Awaitility.await(model + " to be loaded: " + loaded)
        .atMost(TestEngine.START)
        .until(() -> isLoaded(model) == loaded);
  }

  /** The metrics page. */
  public String scrape() throws IOException {
    try (RawHttp client = RawHttp.to(wiring().gateway().admin())) {
      return client.send(Requests.bare("GET", "/metrics")).response().text();
    }
  }

  /** The process of a model's worker; fails where there is none. */
  public ProcessHandle process(String model) {
    return ProcessHandle.current()
        .children()
        .filter(ProcessHandle::isAlive)
        .filter(its -> words(its.pid()).contains("\0--name\0" + model + "\0"))
        .findFirst()
        .orElseThrow();
  }

  /** A command line as the kernel has it; Java leaves out a long one. */
  private static String words(long pid) {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(pid), "cmdline"));
    } catch (IOException e) {
      return "";
    }
  }

  /** A new connection. */
  public RawHttp connect() throws IOException {
    return RawHttp.to(wiring().address());
  }

  /** The bytes of a request for a stream of exactly so many tokens. */
  public String request(String model, int tokens) {
    ObjectNode body = Requests.chatWithUsage(model, "Hello").put("max_tokens", tokens);
    body.put("seed", 7).putObject("logit_bias").put("2", -100);
    return Requests.post(key, body.toString());
  }

  /** Asks for a short stream on a connection of its own, and reads it all. */
  public Response ask(String model) throws IOException {
    try (RawHttp client = connect()) {
      return client.send(request(model, 3)).response();
    }
  }

  /** Sends bytes on a connection of their own and reads the one response. */
  public Response send(String bytes) throws IOException {
    try (RawHttp client = connect()) {
      return client.send(bytes).response();
    }
  }

  /** GET with the key. */
  public Response get(String path) throws IOException {
    return send(
        "GET %s HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer %s\r\n\r\n".formatted(path, key));
  }

  /** Requests under way. */
  public int streams() {
    return wiring().liveStreams();
  }

  /** Whether all is up, as /readyz says it. */
  public boolean ready() {
    return wiring().gateway().ready();
  }

  /** The rows of the ledger. */
  public List<LedgerRow> rows() {
    return wiring().rows();
  }

  /** Waits for the row of a response with this head. */
  public LedgerRow row(RawHttp.Head head) {
    String id = head.field("X-Request-Id");
    Awaitility.await("the row of " + id)
        .atMost(TestGateway.SOON)
        .until(() -> rows().stream().anyMatch(row -> row.requestId().equals(id)));
    return rows().stream().filter(row -> row.requestId().equals(id)).findFirst().orElseThrow();
  }

  private Wiring wiring() {
    return Objects.requireNonNull(wiring);
  }

  /** Stops the gateway, and with it the workers; nothing is left behind. */
  @Override
  public void close() throws IOException {
    Wiring running = wiring;
    if (running != null) {
      Awaitility.await("streams to end")
          .atMost(Duration.ofSeconds(30))
          .until(() -> running.liveStreams() == 0);
      assertThat(running.permits()).as("permits").isZero();
      assertThat(running.gateway().inFlight()).as("places at targets").isZero();
      List<ProcessHandle> workers = new ArrayList<>();
      running.gateway().workerPids().forEach(pid -> ProcessHandle.of(pid).ifPresent(workers::add));
      running.stop();
      running.close();
      Awaitility.await("workers to end")
          .atMost(Duration.ofSeconds(30))
          .until(() -> workers.stream().noneMatch(ProcessHandle::isAlive));
    }
  }
}
