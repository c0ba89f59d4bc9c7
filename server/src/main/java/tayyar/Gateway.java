package tayyar;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.accounts.Warnings;
import tayyar.admin.AdminPages;
import tayyar.admin.Control;
import tayyar.api.Account;
import tayyar.api.Bill;
import tayyar.api.Bounds;
import tayyar.api.CertificateFiles;
import tayyar.api.Deadline;
import tayyar.api.InferenceRequest;
import tayyar.api.Key;
import tayyar.api.Model;
import tayyar.api.OpenRow;
import tayyar.api.Room;
import tayyar.api.Source;
import tayyar.api.Target;
import tayyar.api.Trace;
import tayyar.api.Who;
import tayyar.customer.CustomerPages;
import tayyar.dialect.ClientDialect;
import tayyar.http.Backend;
import tayyar.http.CountHandler;
import tayyar.http.Gate;
import tayyar.http.InferenceHandler;
import tayyar.http.Live;
import tayyar.http.ModelsHandler;
import tayyar.http.Routes;
import tayyar.http.Server;
import tayyar.keys.Salts;
import tayyar.keys.WrongKeys;
import tayyar.limits.Budget;
import tayyar.limits.Limiter;
import tayyar.net.Transport;
import tayyar.openai.OpenAiClients;
import tayyar.openai.OpenAiTargets;
import tayyar.routing.Fleet;
import tayyar.routing.Route;
import tayyar.routing.Router;
import tayyar.routing.Try;
import tayyar.telemetry.AccessLog;
import tayyar.telemetry.Count;
import tayyar.telemetry.Gauge;
import tayyar.telemetry.Otlp;
import tayyar.telemetry.OtlpSettings;
import tayyar.telemetry.Telemetry;
import tayyar.tls.TlsException;
import tayyar.upstream.Failover;
import tayyar.upstream.Passed;
import tayyar.upstream.Probes;
import tayyar.upstream.Resident;
import tayyar.upstream.Residents;
import tayyar.upstream.Upstreams;

/** The gateway as it runs: every part made and joined. Safe for use by any thread. */
public final class Gateway implements AutoCloseable, Backend {
  private static final ClientDialect CLIENTS = new OpenAiClients();
  private static final Duration PROBE_EVERY = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private final Plan plan;
  private volatile List<Offer> offers;
  private volatile boolean stopping;
  private final EventLoopGroup loops;
  private final Upstreams upstreams;
  private final Router router;
  private final Probes probes;
  private final Residents residents;
  private final Live live = new Live();
  private final WrongKeys wrongKeys = new WrongKeys(System::nanoTime);
  private final Budget budget;
  private final Counting counting;
  private final Limiter limiter;
  private final Telemetry telemetry = new Telemetry();
  private final AccessLog accessLog = new AccessLog();
  private final @Nullable Otlp otlp;
  private final Bookkeeping books;
  private final Salts salts = new Salts();
  private final CustomerPages customers;
  private final Listeners listeners;
  private final Server server;
  private final AdminPages adminPages = new AdminPages(this::metrics, this::ready);
  private final Operated operated;
  private final Server admin;

  /**
   * Starts; returns once it listens. Workers may still be loading.
   *
   * @throws IOException if an address can't be had
   */
  public Gateway(Plan plan) throws IOException {
    this.plan = plan;
    this.offers = plan.models();
    OtlpSettings exported = plan.seen().otlp();
    this.otlp = exported == null ? null : new Otlp(exported, telemetry);
    this.residents = new Residents(plan.shared().memoryBytes(), plan.shared().threads());
    residents.serve(Offer.residents(offers));
    this.books = new Bookkeeping(plan, live::end);
    this.budget = new Budget(Bounds.memoryBytesMax(), Transport::bufferBytes);
    this.counting = new Counting(plan, budget, books::counters);
    this.limiter = counting.limiter();
    this.router = new Router(fleet(plan.models()), System::nanoTime);
    this.probes = new Probes(PROBE_EVERY, router::probed);
    this.upstreams = new Upstreams(plan.transport(), plan.bounds(), Dialects::of);
    this.loops = plan.transport().loops(plan.loops());
    var recorded =
        new Recorded(plan.seen(), router::named, books.ledger(), telemetry, accessLog, otlp);
    var chat =
        new InferenceHandler(
            books.ring(),
            limiter,
            this,
            live,
            plan.bounds(),
            books.ledger()::room,
            recorded::trace,
            recorded::ended);
    this.customers = books.customers(plan.exposesTarget());
    this.listeners = new Listeners(plan, loops, budget, CLIENTS);
    var counts = new CountHandler(limiter, this, live, plan.bounds(), true);
    this.server = listeners.api(routes(chat, counts), live);
    this.operated = new Operated(this::models, router, residents, books::look);
    this.admin = listeners.admin(pagesAndRest());
    gauges();
    probes.watch(Offer.probes(offers));
  }

  private Routes routes(InferenceHandler chat, CountHandler counts) {
    var more = Pages.withDocs(customers.routes(), this::models, plan.callers());
    return Routes.api(
        chat,
        new ModelsHandler(this::models, this::modelsOf),
        Dialects.routes(chat, counts, books.ring(), plan.bounds(), books.shelf(), more),
        CLIENTS,
        Pages.playground(),
        Gate.keys(books.ring(), wrongKeys, plan.callers()));
  }

  private List<tayyar.http.Route> pagesAndRest() {
    List<tayyar.http.Route> all = new ArrayList<>(adminPages.routes());
    all.addAll(new Control(books.dataSource(), operated).routes());
    return all;
  }

  private static Fleet fleet(List<? extends Offer> offers) {
    return new Fleet(offers.stream().map(Offer::served).toList());
  }

  /**
   * Serves other models and targets from now on. Requests under way stay where they are, those that
   * wait see the new targets, and a target that stays keeps what is known of it. An embedded model
   * that is gone is unloaded once its answers have ended.
   *
   * @throws IllegalArgumentException with a sentence, if the models contradict each other; then all
   *     stays as it was
   */
  public synchronized void reload(List<? extends Offer> next) {
    Fleet fleet = fleet(next);
    Map<Resident, Resident.Terms> both = Offer.residents(offers);
    both.putAll(Offer.residents(next));
    residents.serve(both);
    router.swap(fleet);
    residents.serve(Offer.residents(next));
    offers = List.copyOf(next);
    telemetry.models(models().stream().map(Model::id).toList());
    probes.watch(Offer.probes(offers));
  }

  /**
   * Shows these certificates to new connections, where there is TLS.
   *
   * @throws TlsException with a sentence, if one cannot be used; then all stays as it was
   */
  public void show(List<CertificateFiles> certificates) throws TlsException {
    listeners.show(certificates);
  }

  /** Takes in keys that were made a moment ago, instead of within 200 ms. */
  public void lookAtKeys() {
    books.look();
  }

  /** What refuses requests although all servers are well. Blocks. */
  public Warnings warnings() {
    return books.warnings(models().stream().map(Model::id).toList(), operated.regions());
  }

  /** What {@code POST /reload} on the control plane does; see {@link AdminPages#onReload}. */
  public void onReload(Supplier<AdminPages.Reloaded> how) {
    adminPages.onReload(how);
  }

  private void gauges() {
    telemetry.models(models().stream().map(Model::id).toList());
    telemetry.gauge(Gauge.ACTIVE_STREAMS, limiter::open);
    books.gauges(telemetry);
    counting.gauges(telemetry);
    listeners.gauges(telemetry);
    telemetry.gauge(Gauge.CONNECTIONS, server::connections);
    telemetry.gauge(Gauge.MEMORY_HELD, budget::held);
    telemetry.gauge(Gauge.MEMORY, budget::bytesMax);
    telemetry.gauge(Gauge.TARGET_QUEUE, router::waiting);
    telemetry.targets(operated::now);
    telemetry.count(Count.SPANS_DROPPED, () -> otlp == null ? 0 : otlp.dropped());
    telemetry.count(Count.WRONG_KEYS, wrongKeys::ever);
    telemetry.count(Count.LOG_LINES_DROPPED, accessLog::dropped);
    telemetry.count(Count.WORKER_RESTARTS, residents::restarts);
    telemetry.engines(operated::engines);
    telemetry.count(Count.PROMPT_HITS, () -> residents.stat("prompt_hits"));
    telemetry.count(Count.PROMPT_TOKENS, () -> residents.stat("prompt_tokens"));
    telemetry.gauge(Gauge.ENGINE_PROMPTS, () -> residents.stat("prompt_bytes"));
  }

  private String metrics(boolean openMetrics) {
    return openMetrics ? telemetry.scrapeOpenMetrics() : telemetry.scrape();
  }

  @Override
  public List<Model> models() {
    return offers.stream().map(Offer::described).toList();
  }

  /** As their workers describe them; the router has what is known before a load. */
  private List<Model> modelsOf(Account account) {
    Set<String> ids =
        router.modelsOf(account).stream().map(Model::id).collect(Collectors.toUnmodifiableSet());
    return models().stream().filter(model -> ids.contains(model.id())).toList();
  }

  @Override
  public Open open(InferenceRequest request, Who who, Room room, Bill bill, EventLoop loop) {
    Route route = router.route(request, who.keyId(), loop, bill);
    var source =
        new Failover(
            route,
            (taken, body, here) -> source(taken, body, who, here, room, loop),
            OpenAiTargets::continued,
            request,
            who.trace(),
            room,
            loop,
            System::nanoTime);
    return new Open(source, route.bounds(), plan.exposesTarget());
  }

  /** A target of the client's own language, or our own worker, counts as it would read. */
  @Override
  public @Nullable Counted count(
      InferenceRequest request, Who who, Account account, Room room, EventLoop loop) {
    Target target = router.adviser(request, account, at -> Dialects.of(at).counts(at, request));
    if (target == null) {
      return null;
    }
    var passed = Passed.count(who.requestId(), who.trace(), room);
    Duration connect = plan.bounds().of(Deadline.CONNECT);
    Resident resident = residents.at(target);
    if (resident == null) {
      return new Counted(upstreams.open(target, request, passed, connect, loop), () -> {});
    }
    residents.enter(resident);
    return new Counted(
        upstreams.open(resident, request, passed, connect, loop), () -> residents.leave(resident));
  }

  @Override
  public Bill bill(Key key, long startedAtMs) {
    return books.bill(key, startedAtMs);
  }

  @Override
  public OpenRow begin(String requestId, Key key, long startedAtMs) {
    return books.begin(requestId, key, startedAtMs);
  }

  private Source source(
      Try taken, InferenceRequest body, Who who, Trace here, Room room, EventLoop loop) {
    String salt = salts.of(who.keyId(), body, taken.target());
    var passed = new Passed(who.requestId(), here, taken.whole(), room, salt);
    Resident resident = residents.at(taken.target());
    Duration connect = taken.bounds().of(Deadline.CONNECT);
    if (resident == null) {
      return upstreams.open(taken.target(), body, passed, connect, loop);
    }
    residents.enter(resident);
    taken.afterwards(() -> residents.leave(resident));
    return upstreams.open(resident, body, passed, connect, loop);
  }

  /** Places taken at targets. */
  public int inFlight() {
    return router.inFlight();
  }

  /** Whether requests should be sent: not about to stop, and no model of our own down. */
  public boolean ready() {
    return !stopping && residents.areUp();
  }

  /** Waits for the models that are loaded at the start; returns why one is not ready, or "". */
  public String awaitReady(Duration most) throws InterruptedException {
    return residents.awaitUp(most);
  }

  /** Where the API listens. */
  public InetSocketAddress api() {
    return (InetSocketAddress) server.address();
  }

  /** What the API's address serves, each such as {@code GET /v1/models/{id*}}. */
  public Set<String> operations() {
    return server.operations();
  }

  /** The same of the control plane's address. */
  public Set<String> adminOperations() {
    return admin.operations();
  }

  /** Where the control plane listens. */
  public InetSocketAddress admin() {
    return (InetSocketAddress) admin.address();
  }

  /** Where clients without TLS are sent on from, or null. */
  public @Nullable InetSocketAddress redirect() {
    return listeners.redirect();
  }

  /** Permits held: requests admitted that are not over. */
  public int permits() {
    return limiter.open();
  }

  /** Requests that wait for a target with room. */
  public int waiting() {
    return router.waiting();
  }

  /** Requests under way. */
  public int live() {
    return live.count();
  }

  /** Process ids of the workers that are up. */
  public List<Long> workerPids() {
    return residents.pids();
  }

  /** What {@link tayyar.cli.Wiring.Running#leave} says. */
  public void leave() {
    stopping = true;
    server.leave();
    Duration time = plan.bounds().of(Deadline.PRE_STOP);
    LOG.atInfo().addKeyValue("requests_taken_ms", time.toMillis()).log("not ready any more");
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Drains, then stops everything, the ledger last. */
  @Override
  public void close() {
    stopping = true;
    LOG.atInfo().addKeyValue("running", live.count()).log("draining");
    server.close();
    listeners.close();
    probes.close();
    residents.close();
    admin.close();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    customers.close();
    counting.close();
    books.close();
    accessLog.close();
    if (otlp != null) {
      otlp.close();
    }
  }
}
