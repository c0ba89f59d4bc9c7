package tayyar.admin;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import tayyar.api.AdminFault;
import tayyar.api.ApiError;
import tayyar.api.Refused;
import tayyar.http.Document;
import tayyar.http.Question;
import tayyar.http.Route;
import tayyar.http.Route.Caller;
import tayyar.http.Route.Method;

/**
 * The control plane's pages: {@code /metrics}, {@code /healthz} (the process answers), {@code
 * /readyz} (it takes requests) and {@code POST /reload}. Have no keys: their listener is meant for
 * loopback or a network of one's own. Each request runs on a virtual thread.
 */
public final class AdminPages {
  /** Connections at once; where all are open, one that asks nothing makes room for another. */
  public static final int CONNECTIONS_MAX = 256;

  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final Metrics metrics;
  private final BooleanSupplier ready;

  private volatile Supplier<Reloaded> reload =
      () -> new Reloaded("This server has nothing to reload.", List.of(), "");

  /**
   * What came of a reload.
   *
   * @param why a sentence saying why all stays as it is; empty where something was taken in
   * @param left the names of what has changed and counts from the next start on
   * @param warning sentences about what was taken in, a line each; may be empty
   */
  public record Reloaded(String why, List<String> left, String warning) {
    /** In a line for people, and another one for each warning. */
    public String sentence() {
      String taken =
          left.isEmpty()
              ? "reloaded"
              : "models and targets were reloaded; a restart is needed for: "
                  + String.join(", ", left);
      return warning.isEmpty() ? taken : taken + "\n" + warning;
    }
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

  /**
   * The pages.
   *
   * @param metrics the text of {@code /metrics}
   * @param ready whether requests are taken: not while draining, not while no model is there
   */
  public AdminPages(Metrics metrics, BooleanSupplier ready) {
    this.metrics = metrics;
    this.ready = ready;
  }

  /** Where they are. */
  public List<Route> routes() {
    return List.of(
        page("/metrics", this::metrics),
        page("/healthz", _ -> Document.text(200, TEXT, "ok\n")),
        page("/readyz", _ -> readiness()),
        new Route(Method.POST, "/reload", Caller.OPERATOR, (Route.Blocking) _ -> reloaded()));
  }

  private static Route page(String path, Route.Blocking handler) {
    return new Route(Method.GET, path, Caller.EVERYBODY, handler);
  }

  /** What {@code POST /reload} does. */
  public void onReload(Supplier<Reloaded> how) {
    reload = how;
  }

  private Document metrics(Question question) {
    String accepted = question.header("Accept");
    boolean open = accepted != null && accepted.contains("application/openmetrics-text");
    return Document.text(200, open ? OPEN_METRICS : PROMETHEUS, metrics.scrape(open));
  }

  private Document readiness() {
    return ready.getAsBoolean()
        ? Document.text(200, TEXT, "ready\n")
        : Document.text(503, TEXT, "not ready\n");
  }

  private Document reloaded() {
    Reloaded done = reload.get();
    if (!done.why().isEmpty()) {
      throw new Refused(new ApiError.OfAdmin(new AdminFault.InvalidConfiguration(done.why())));
    }
    return Document.text(200, TEXT, done.sentence() + "\n");
  }
}
