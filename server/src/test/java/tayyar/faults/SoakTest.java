package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.Offer;
import tayyar.api.Target;
import tayyar.routing.Fleet;
import tayyar.routing.Streams;
import tayyar.simulate.Script;
import tayyar.testing.Events;
import tayyar.testing.LedgerRow;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;

/**
 * Minutes of clients that stay and clients that leave, in front of targets that fail by chance, are
 * taken out and come back: each request is accounted for, no token is lost or doubled, and memory
 * stays where it was. {@code TAYYAR_SOAK} says how many seconds, {@code TAYYAR_SOAK_SEED} which
 * chance.
 */
@Tag("socket")
class SoakTest {
  private static final int CLIENTS = 4;
  private static final long MEBIBYTE = 1024 * 1024;

  private static final List<String> SCRIPTS =
      List.of(
          "",
          "",
          "",
          "",
          "refuse",
          "status=500",
          "status=503 retryafter=1",
          "hang",
          "empty",
          "earlyhead hang",
          "cut@0",
          "cut@3",
          "cut@17",
          "reset@1",
          "reset@9",
          "stall@2",
          "garbage@5",
          "errorevent@4",
          "endless@6",
          "badframe@7",
          "nofinish",
          "nodone",
          "closes",
          "bytewise",
          "comments crlf",
          "usageevery roleevery");

  private static final Set<String> REFUSALS =
      Set.of("upstream_failed", "upstream_timeout", "no_target", "queue_full", "unreadable_answer");

  private final long seconds = number("TAYYAR_SOAK", 15);
  private final long seed = number("TAYYAR_SOAK_SEED", 20_261_123);
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();
  private final AtomicInteger left = new AtomicInteger();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  /**
   * A client's view of a request.
   *
   * @param status of the answer's head
   * @param whole whether the answer came to its end
   */
  private record Seen(int status, boolean whole) {}

  private record Memory(long heap, long direct) {
    static Memory now() {
      System.gc();
      var allocator = (ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT;
      return new Memory(
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
          allocator.metric().usedDirectMemory());
    }
  }

  private static long number(String variable, long otherwise) {
    String value = System.getenv().getOrDefault(variable, "");
    return value.isBlank() ? otherwise : Long.parseLong(value.strip());
  }

  @Test
  void everyRequestIsAccountedFor() throws Exception {
    System.out.println("soak: TAYYAR_SOAK=" + seconds + " TAYYAR_SOAK_SEED=" + seed);
    try (var fleet = TestFleet.start(List.of("", "", ""), SoakTest::offers);
        ScheduledExecutorService chaos = Executors.newSingleThreadScheduledExecutor()) {
      Set<String> before = Set.of(fleet.mark().requestId());
      var chance = new Random(seed);
      chaos.scheduleAtFixedRate(() -> disturb(fleet, chance), 50, 50, TimeUnit.MILLISECONDS);
      runClients(fleet, 0);
      Memory half = Memory.now();
      runClients(fleet, CLIENTS);
      Memory end = Memory.now();
      chaos.shutdownNow();

      assertThat(failures).isEmpty();
      fleet.assertNothingLeft();
      assertAccounted(fleet, before);
      assertThat(end.heap() - half.heap()).isLessThan(64 * MEBIBYTE);
      assertThat(end.direct() - half.direct()).isLessThan(32 * MEBIBYTE);
    }
  }

  private static List<Offer> offers(List<Target> targets) {
    return new ArrayList<>(remotes(targets));
  }

  private static List<Offer.Remote> remotes(List<Target> targets) {
    Fleet.Rules plain = TestFleet.rules();
    // Scripted faults are those of streams.
    var streamed =
        new Fleet.Rules(
            plain.policy(), List.of(), plain.queueMax(), Streams.ALWAYS, plain.bounds());
    var going =
        new Fleet.Rules(
            plain.policy(), List.of(), plain.queueMax(), Streams.CONTINUED, plain.bounds());
    return List.of(
        TestFleet.model("plain", streamed, targets), TestFleet.model("going", going, targets));
  }

  private void disturb(TestFleet fleet, Random chance) {
    try {
      String script = SCRIPTS.get(chance.nextInt(SCRIPTS.size()));
      fleet.simulator(chance.nextInt(3)).script(Script.of(script));
      if (chance.nextInt(20) == 0) {
        int targets = 2 + chance.nextInt(2);
        fleet.reload(all -> remotes(all.subList(0, targets)));
      }
    } catch (RuntimeException e) {
      failures.add(e);
    }
  }

  /** Runs the clients for half of the time. */
  private void runClients(TestFleet fleet, int firstSeed) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds) / 2;
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      var chance = new Random(seed + 1 + firstSeed + i);
      clients.add(Thread.ofPlatform().name("client").start(() -> run(fleet, chance, until)));
    }
    for (Thread client : clients) {
      client.join();
    }
  }

  private void run(TestFleet fleet, Random chance, long until) {
    try {
      while (System.nanoTime() < until && failures.isEmpty()) {
        int kind = chance.nextInt(100);
        if (kind < 3) {
          assertThat(fleet.send(Requests.post("sk-wrong", "{}")).status()).isIn(401, 429);
        } else if (kind < 18) {
          leave(fleet, chance);
        } else {
          ask(fleet, chance, kind < 30 ? 3 : 1);
        }
      }
    } catch (IOException | RuntimeException | AssertionError e) {
      failures.add(e);
    }
  }

  private static String request(TestFleet fleet, Random chance, int tokens, boolean stream) {
    String model = chance.nextBoolean() ? "plain" : "going";
    String words = "[[numbered tokens=" + tokens + " pace=1ms]]";
    return Requests.post(fleet.key(), Requests.chat(model, words, stream).toString());
  }

  /** Reads a few chunks at most, then leaves, by an end or by a reset. */
  private void leave(TestFleet fleet, Random chance) throws IOException {
    left.incrementAndGet();
    try (RawHttp client = fleet.connect()) {
      client.send(request(fleet, chance, 40, true));
      int chunks = chance.nextInt(6);
      if (chunks > 0 && client.head().status() == 200) {
        for (int i = 1; i < chunks && client.chunk().bytes().length > 0; i++) {
          // read over
        }
      }
      if (chance.nextBoolean()) {
        client.reset();
      }
    }
  }

  /** Several requests go out together and are answered in their order. */
  private void ask(TestFleet fleet, Random chance, int together) throws IOException {
    try (RawHttp client = fleet.connect()) {
      List<Integer> sizes = new ArrayList<>();
      List<Boolean> streamed = new ArrayList<>();
      for (int i = 0; i < together; i++) {
        sizes.add(1 + chance.nextInt(40));
        streamed.add(chance.nextInt(3) > 0);
        client.send(request(fleet, chance, sizes.get(i), streamed.get(i)));
      }
      for (int i = 0; i < together; i++) {
        Response response = client.response();
        boolean whole = check(response, sizes.get(i), streamed.get(i));
        Seen twice = seen.put(response.field("X-Request-Id"), new Seen(response.status(), whole));
        assertThat(twice).as("an id given twice").isNull();
      }
    }
  }

  /** Whether the answer is whole; a broken one must say so. */
  private static boolean check(Response response, int tokens, boolean streamed) {
    String all = IntStream.range(0, tokens).mapToObj(i -> i + " ").collect(Collectors.joining());
    if (response.status() != 200) {
      String code = response.error().path("code").asString();
      assertThat(code).isIn(REFUSALS);
      assertThat(response.status()).isEqualTo(code.equals("unreadable_answer") ? 502 : 503);
      return false;
    }
    if (!streamed) {
      var message = response.json().path("choices").path(0).path("message");
      assertThat(message.path("content").asString()).isEqualTo(all);
      return true;
    }
    Events events = response.events();
    assertThat(events.done()).isTrue();
    if (events.error().isMissingNode()) {
      assertThat(events.content()).isEqualTo(all);
      assertThat(events.finishReason()).isEqualTo("stop");
      return true;
    }
    assertThat(all).startsWith(events.content());
    assertThat(events.finishReason()).isEmpty();
    assertThat(events.error().path("code").asString()).isIn(REFUSALS);
    return false;
  }

  /**
   * Checks that each request has one row with its client's view, besides the rows of clients that
   * left.
   */
  private void assertAccounted(TestFleet fleet, Set<String> before) {
    Awaitility.await("all rows")
        .atMost(TestGateway.SOON)
        .until(() -> rows(fleet, before).keySet().containsAll(seen.keySet()));
    Map<String, LedgerRow> rows = rows(fleet, before);
    seen.forEach(
        (id, what) -> {
          LedgerRow row = Objects.requireNonNull(rows.get(id), id);
          assertThat(row.status()).as(id).isEqualTo(what.status());
          assertThat(row.outcome().equals("completed")).as(id + " " + row).isEqualTo(what.whole());
        });
    Set<String> others = new HashSet<>(rows.keySet());
    others.removeAll(seen.keySet());
    assertThat(others.size()).isLessThanOrEqualTo(left.get());
    System.out.println(
        "soak: "
            + seen.size()
            + " answers, "
            + seen.values().stream().filter(Seen::whole).count()
            + " of them whole; "
            + left.get()
            + " clients left, "
            + others.size()
            + " of them have a row");
  }

  private static Map<String, LedgerRow> rows(TestFleet fleet, Set<String> before) {
    Map<String, LedgerRow> rows = new HashMap<>();
    for (LedgerRow row : fleet.rows()) {
      if (!before.contains(row.requestId())) {
        assertThat(rows.put(row.requestId(), row)).as("a second row").isNull();
      }
    }
    return rows;
  }
}
