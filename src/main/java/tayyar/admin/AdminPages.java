package tayyar.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.JsonText;
import tayyar.process.Vital;

/**
 * The control plane's listener: {@code /metrics}, {@code /healthz} (the process answers) and {@code
 * /readyz} (it takes requests). Has no keys: meant for loopback or a network of one's own. Each
 * request runs on a virtual thread.
 */
public final class AdminServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final Set<String> PAGES = Set.of("/metrics", "/healthz", "/readyz");
  private static final String JSON = "application/json";

  private final HttpServer server;
  private final ExecutorService threads;
  private final Metrics metrics;
  private final BooleanSupplier ready;

  private volatile Supplier<String> reload = () -> "This server has nothing to reload.";

  private AdminServer(HttpServer server, Metrics metrics, BooleanSupplier ready) {
    this.server = server;
    this.threads = Executors.newVirtualThreadPerTaskExecutor();
    this.metrics = metrics;
    this.ready = ready;
  }

  /** The text of {@code /metrics}. */
  @FunctionalInterface
  public interface Metrics {
    /**
     * All numbers.
     *
     * @param openMetrics in that format, which the scraper asked for, and not in Prometheus's older
     */
    String scrape(boolean openMetrics);
  }

  /** An answer before it is sent. */
  private record Answer(int status, String contentType, String body) {
    static Answer error(int status, String type, String code, String message) {
      String body =
          """
          {"error":{"message":"%s","type":"%s","param":null,"code":"%s"}}
          """
              .formatted(message, type, code);
      return new Answer(status, JSON, body);
    }
  }

  /**
   * Listens.
   *
   * @param at port 0 takes any free one
   * @param metrics the text of {@code /metrics}
   * @param ready whether requests are taken: not while draining, not while no model is there
   * @throws UncheckedIOException when the address can't be had; its message is a sentence
   */
  public static AdminServer start(InetSocketAddress at, Metrics metrics, BooleanSupplier ready) {
    bounds();
    try {
      AdminServer admin = new AdminServer(HttpServer.create(at, 0), metrics, ready);
      admin.server.setExecutor(admin::run);
      admin.server.createContext("/", admin::handle);
      admin.server.start();
      return admin;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The admin address " + text(at) + " cannot be used: " + e.getMessage() + ".", e);
    }
  }

  /**
   * What {@code POST /reload} does.
   *
   * @param how returns an empty text, or a sentence saying why all stays as it is
   */
  public void onReload(Supplier<String> how) {
    reload = how;
  }

  /** Where it listens, with the real port. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Stops at once. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  /** The JDK's server reads its bounds from system properties, once. */
  private static void bounds() {
    System.setProperty("jdk.httpserver.maxConnections", "256");
    System.setProperty("sun.net.httpserver.maxReqTime", "10");
    System.setProperty("sun.net.httpserver.maxRspTime", "30");
    System.setProperty("sun.net.httpserver.nodelay", "true");
    // How often it looks whether somebody is late: a wake-up each time, whether anybody asks or
    // not.
    System.setProperty("sun.net.httpserver.timerMillis", "5000");
  }

  /** What this throws the JDK's server swallows. */
  private void run(Runnable exchange) {
    try {
      threads.execute(exchange);
    } catch (Throwable e) {
      Vital.check(e);
      throw e;
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      boolean head = method.equals("HEAD");
      String path = exchange.getRequestURI().getPath();
      Answer answer =
          path.equals("/reload") && method.equals("POST")
              ? reloaded()
              : answer(exchange, path, head || method.equals("GET"));
      send(exchange, answer, head);
    }
  }

  private Answer answer(HttpExchange exchange, String path, boolean reads) {
    if (!PAGES.contains(path)) {
      return Answer.error(
          404,
          "not_found",
          "not_found",
          "There is nothing here; there are /metrics, /healthz, /readyz and, for POST, /reload.");
    }
    if (!reads) {
      return Answer.error(
          405, "invalid_request_error", "method_not_allowed", "Allowed here: GET, HEAD.");
    }
    try {
      return switch (path) {
        case "/metrics" -> metrics(exchange);
        case "/readyz" -> readiness();
        default -> new Answer(200, TEXT, "ok\n");
      };
    } catch (RuntimeException e) {
      LOG.atError().addKeyValue("path", path).setCause(e).log("an admin page failed");
      return Answer.error(500, "internal_error", "internal_error", "See the server's log.");
    }
  }

  private Answer metrics(HttpExchange exchange) {
    String accepted = exchange.getRequestHeaders().getFirst("Accept");
    boolean open = accepted != null && accepted.contains("application/openmetrics-text");
    return new Answer(200, open ? OPEN_METRICS : PROMETHEUS, metrics.scrape(open));
  }

  private Answer reloaded() {
    String why = reload.get();
    if (why.isEmpty()) {
      return new Answer(200, TEXT, "reloaded\n");
    }
    String message = new String(JsonText.escape(why), StandardCharsets.UTF_8);
    return Answer.error(400, "invalid_request_error", "invalid_configuration", message);
  }

  private Answer readiness() {
    return ready.getAsBoolean()
        ? new Answer(200, TEXT, "ready\n")
        : new Answer(503, TEXT, "not ready\n");
  }

  private static void send(HttpExchange exchange, Answer answer, boolean head) throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.contentType());
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    if (answer.status() == 405) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
    }
    if (head) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(answer.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(answer.status(), body.length);
    exchange.getResponseBody().write(body);
  }

  private static String text(InetSocketAddress at) {
    return at.getHostString() + ":" + at.getPort();
  }
}
