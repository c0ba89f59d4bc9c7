package tayyar;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tayyar.api.Account;
import tayyar.api.ApiError;
import tayyar.api.Bill;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.api.InferenceRequest;
import tayyar.api.Key;
import tayyar.api.Model;
import tayyar.api.OpenRow;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.api.Target.Address;
import tayyar.api.Who;
import tayyar.engine.Engine;
import tayyar.engine.EngineConfig;
import tayyar.engine.EngineException;
import tayyar.http.Backend;
import tayyar.http.Callers;
import tayyar.http.CountHandler;
import tayyar.http.Gate;
import tayyar.http.InferenceHandler;
import tayyar.http.Live;
import tayyar.http.ModelsHandler;
import tayyar.http.Routes;
import tayyar.http.Server;
import tayyar.keys.KeyRing;
import tayyar.keys.WrongKeys;
import tayyar.limits.Budget;
import tayyar.limits.Limiter;
import tayyar.net.Transport;
import tayyar.openai.OpenAiClients;
import tayyar.openai.OpenAiTargets;

/**
 * The worker as it runs: the engine behind the same http and stream as the gateway's, without keys.
 */
final class WorkerServer implements AutoCloseable, Backend {
  private final Engine engine;
  private final EventLoopGroup loops;
  private final Server server;
  private final Bounds bounds;

  WorkerServer(Engine engine, Address listen, Transport transport) throws IOException {
    this.engine = engine;
    this.bounds = bounds();
    var live = new Live();
    var budget = Budget.withoutKeys(Bounds.memoryBytesMax(), Transport::bufferBytes);
    var limiter = new Limiter(System::nanoTime, bounds.of(Bound.STREAMS), budget);
    var keys = KeyRing.open();
    var chat =
        new InferenceHandler(
            keys, limiter, this, live, bounds, () -> true, trace -> trace, (_, _) -> {});
    var clients = OpenAiClients.gateway();
    var counts = new CountHandler(limiter, this, live, bounds, false);
    var routes =
        Routes.api(
            chat,
            new ModelsHandler(this::models, _ -> models()),
            List.of(counts.route("/v1/chat/completions" + OpenAiTargets.COUNT, clients)),
            clients,
            null,
            Gate.keys(keys, new WrongKeys(System::nanoTime), Callers.DIRECT));
    this.loops = transport.loops(1);
    this.server =
        new Server(
            listen,
            null,
            false,
            transport,
            loops,
            routes,
            live,
            bounds,
            bounds.of(Bound.CONNECTIONS),
            budget);
  }

  /**
   * The gateway keeps the deadlines and the signs of life. Here the head is held as long as it
   * takes, so that an error keeps its status all the way.
   */
  private static Bounds bounds() {
    Duration day = Duration.ofDays(1);
    return Bounds.DEFAULT
        .with(Bound.BODY_BYTES, Bounds.DEFAULT.of(Bound.BODY_BYTES) + 1024)
        .with(Deadline.IDLE, Duration.ofMinutes(10))
        .with(Deadline.HEAD_HOLD, day)
        .with(Deadline.KEEP_ALIVE, Duration.ZERO)
        .with(Deadline.FIRST_TOKEN, day)
        .with(Deadline.WHOLE, day)
        .with(Deadline.BETWEEN_TOKENS, day)
        .with(Deadline.TOTAL, day)
        .with(Deadline.CLIENT_STALL, day)
        .with(Deadline.DRAIN, Duration.ofMillis(500));
  }

  /**
   * Runs a worker to the end of its life.
   *
   * @throws EngineException if the model can't be loaded
   * @throws IOException if the address can't be had
   */
  static void run(EngineConfig config, Address listen, Transport transport, Life life)
      throws IOException {
    Engine engine = Engine.start(config);
    try (var _ = new WorkerServer(engine, listen, transport)) {
      life.up(engine);
      life.await();
    }
  }

  @Override
  public List<Model> models() {
    return List.of(engine.model());
  }

  @Override
  public Open open(InferenceRequest request, Who who, Room room, Bill bill, EventLoop loop) {
    if (!engine.model().endpoints().contains(request.endpoint())) {
      throw new Refused(new ApiError.ModelNotSupportedOnEndpoint(request.model()));
    }
    return new Open(engine.open(request, room, loop), bounds, false);
  }

  @Override
  public Counted count(
      InferenceRequest request, Who who, Account account, Room room, EventLoop loop) {
    return new Counted(engine.count(request, room, loop), () -> {});
  }

  @Override
  public OpenRow begin(String requestId, Key key, long startedAtMs) {
    return OpenRow.NONE;
  }

  @Override
  public Bill bill(Key key, long startedAtMs) {
    return Bill.FREE;
  }

  @Override
  public void close() {
    server.close();
    engine.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
