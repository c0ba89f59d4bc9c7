package tayyar;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.ChatRequest;
import tayyar.api.Model;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.api.Target.Address;
import tayyar.engine.Engine;
import tayyar.engine.EngineConfig;
import tayyar.engine.EngineException;
import tayyar.http.Backend;
import tayyar.http.ChatHandler;
import tayyar.http.Live;
import tayyar.http.ModelsHandler;
import tayyar.http.Routes;
import tayyar.http.Server;
import tayyar.keys.KeyRing;
import tayyar.limits.Budget;
import tayyar.limits.Limiter;
import tayyar.net.Transport;
import tayyar.stream.Who;

/**
 * The worker as it runs: the engine behind the same http and stream as the gateway's, without keys.
 * Tells its gateway on standard output when it is ready and how busy it is.
 */
final class WorkerServer implements AutoCloseable, Backend {
  private static final Duration STATS_EVERY = Duration.ofMillis(250);

  private final Engine engine;
  private final EventLoopGroup loops;
  private final Server server;
  private final PrintStream out;
  private final Bounds bounds;
  private Engine.@org.jspecify.annotations.Nullable Stats told;

  WorkerServer(Engine engine, Address listen, Transport transport, PrintStream out)
      throws IOException {
    this.engine = engine;
    this.out = out;
    this.bounds = bounds();
    var live = new Live();
    var budget = new Budget(bounds.memoryBytesMax(), Transport::bufferBytes);
    var limiter = new Limiter(System::nanoTime, bounds.streamsMax(), budget);
    var chat =
        new ChatHandler(
            KeyRing.open(), limiter, this, live, bounds, () -> true, trace -> trace, end -> {});
    var routes = new Routes(chat, new ModelsHandler(this::models), null);
    this.loops = transport.loops(1);
    this.server = new Server(listen, transport, loops, routes, live, bounds, budget);
  }

  /**
   * The gateway keeps the deadlines and the signs of life. Here the head is held as long as it
   * takes, so that an error keeps its status all the way.
   */
  private static Bounds bounds() {
    Bounds d = Bounds.DEFAULT;
    Duration day = Duration.ofDays(1);
    return new Bounds(
        d.bodyBytesMax() + 1024,
        d.headerBytesMax(),
        d.requestLineBytesMax(),
        d.eventBytesMax(),
        d.connectionsMax(),
        d.streamsMax(),
        d.messagesMax(),
        d.inputsMax(),
        d.inputBytesMax(),
        d.mergeBytesMax(),
        d.wholeBytesMax(),
        d.memoryBytesMax(),
        d.requestRead(),
        Duration.ofMinutes(10),
        day,
        Duration.ZERO,
        day,
        day,
        day,
        day,
        Duration.ofMillis(500),
        d.connect(),
        d.workerWait());
  }

  /**
   * Runs a worker until its gateway closes the input.
   *
   * @param in where the end of our use is seen
   * @param out where the gateway listens for a line
   * @throws EngineException if the model can't be loaded
   * @throws IOException if the address can't be had
   */
  static void run(
      EngineConfig config, Address listen, Transport transport, InputStream in, PrintStream out)
      throws IOException {
    Engine engine = Engine.start(config);
    try (var worker = new WorkerServer(engine, listen, transport, out)) {
      Thread telling = Thread.ofVirtual().name("tell").start(worker::tell);
      in.transferTo(OutputStream.nullOutputStream());
      telling.interrupt();
    }
  }

  /** Says that it is ready, then how busy it is, until the thread is interrupted. */
  void tell() {
    out.println(WorkerLines.ready(engine.model()));
    try {
      while (true) {
        Engine.Stats now = engine.stats();
        if (!now.equals(told)) {
          told = now;
          out.println(WorkerLines.stats(now));
        }
        Thread.sleep(STATS_EVERY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public List<Model> models() {
    return List.of(engine.model());
  }

  @Override
  public Open open(ChatRequest request, Who who, Room room, EventLoop loop) {
    if (!engine.model().endpoints().contains(request.endpoint())) {
      throw new Refused(new ApiError.ModelNotSupportedOnEndpoint(request.model()));
    }
    return new Open(engine.open(request, loop), bounds, false);
  }

  @Override
  public void close() {
    server.close();
    engine.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
