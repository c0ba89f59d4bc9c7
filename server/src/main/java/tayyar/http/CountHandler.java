package tayyar.http;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.api.Endpoint;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.Key;
import tayyar.api.Part;
import tayyar.api.Refused;
import tayyar.api.Sink;
import tayyar.api.Source;
import tayyar.api.Undecided;
import tayyar.api.Usage;
import tayyar.dialect.ClientDialect;
import tayyar.http.Route.Caller;
import tayyar.http.Route.Method;
import tayyar.limits.Admission;
import tayyar.limits.Limiter;
import tayyar.limits.Permit;

/**
 * Answers how many tokens the prompt of a request has. Nothing is generated, recorded or paid. It
 * is a request by the limits of its key, and holds its body like any other. Used by all event
 * loops.
 */
public final class CountHandler {
  /** A client that counts decides by the number what to ask; an estimate will do. */
  private static final Duration MOST = Duration.ofSeconds(10);

  /** So far behind its end a wait is surely over. */
  private static final long PAST_NANOS = 1_000_000;

  private final Limiter limiter;
  private final Backend backend;
  private final Live live;
  private final Bounds bounds;
  private final boolean estimates;
  private final LargeBodies bodies = new LargeBodies();

  /**
   * Joins the steps.
   *
   * @param estimates whether an estimate is told where no number comes; else the error
   */
  public CountHandler(
      Limiter limiter, Backend backend, Live live, Bounds bounds, boolean estimates) {
    this.limiter = limiter;
    this.backend = backend;
    this.live = live;
    this.bounds = bounds;
    this.estimates = estimates;
  }

  /**
   * Returns a route for such requests.
   *
   * @param dialect the language of requests and answers
   */
  public Route route(String path, ClientDialect dialect) {
    Route.OnLoop handler =
        exchange -> admit(exchange, Objects.requireNonNull(exchange.key()), dialect);
    return new Route(Method.POST, path, Caller.KEY, handler, dialect);
  }

  private @Nullable Asked admit(Exchange exchange, Key key, ClientDialect dialect) {
    Admission admission = limiter.admit(key);
    exchange.requestsLeft(admission.requests());
    return switch (admission) {
      case Admission.Refused refused -> refuse(exchange, refused.error());
      case Admission.Granted(Permit permit, _) -> {
        ApiError error = RequestChecks.coding(exchange.headers());
        if (error == null) {
          yield new Admitted(exchange, key, permit, dialect);
        }
        permit.close();
        yield refuse(exchange, error);
      }
    };
  }

  private static @Nullable Asked refuse(Exchange exchange, ApiError error) {
    exchange.error(error);
    return null;
  }

  private final class Admitted extends Entered implements Sink {
    private final ClientDialect dialect;
    private int estimate;
    private int tokens = -1;
    private boolean over;
    private @Nullable Source source;
    private @Nullable Future<?> late;
    private Runnable afterwards = () -> {};

    Admitted(Exchange exchange, Key key, Permit permit, ClientDialect dialect) {
      super(exchange, key, permit, bounds);
      this.dialect = dialect;
    }

    @Override
    public void dropped() {
      permit.close();
    }

    @Override
    public void body(byte[] bytes) {
      live.reading(1);
      Supplier<InferenceRequest> reading = () -> dialect.read(Endpoint.CHAT, bytes, this, bounds);
      bodies.read(key.id(), exchange.loop(), this::decide, reading, this::ask, this::close);
    }

    /** Waits, on a virtual thread, for the counters that gateways share. */
    private void decide() {
      try {
        permit.enter();
      } catch (Undecided yet) {
        var known = new CompletableFuture<@Nullable Void>();
        yet.await(() -> known.complete(null));
        long rest = Math.max(0, yet.untilNanos() - System.nanoTime()) + PAST_NANOS;
        known.completeOnTimeout(null, rest, NANOSECONDS).join();
        permit.enter();
      }
    }

    private void ask(Supplier<InferenceRequest> read) {
      if (exchange.isClientGone()) {
        left();
        return;
      }
      exchange.whenGone(this::left);
      exchange.requestsLeft(permit.requestsLeft(exchange.requestsLeft()));
      try {
        InferenceRequest request = read.get();
        estimate = request.estimatedTokens();
        var who = exchange.who(key);
        Backend.Counted count = backend.count(request, who, key.account(), permit, exchange.loop());
        if (count == null) {
          tell(estimate);
        } else {
          begin(count);
        }
      } catch (Refused e) {
        tell(e.error());
      } catch (RuntimeException e) {
        tell(new ApiError.Internal());
        throw e;
      }
    }

    private void begin(Backend.Counted count) {
      afterwards = count.afterwards();
      source = count.source();
      Duration first = bounds.of(Deadline.FIRST_TOKEN);
      Duration most = first.compareTo(MOST) < 0 ? first : MOST;
      late = exchange.loop().schedule(this::late, most.toNanos(), NANOSECONDS);
      count.source().start(this);
    }

    private void late() {
      stop();
      failed(new ApiError.UpstreamFailed("it took too long to count."));
    }

    private void left() {
      if (!over) {
        stop();
        end();
      }
    }

    private void stop() {
      if (source != null) {
        source.cancel();
      }
    }

    @Override
    public void usage(Usage usage) {
      tokens = usage.promptTokens();
    }

    @Override
    public void done() {
      if (tokens < 0) {
        failed(new ApiError.UpstreamFailed("it did not say how many tokens there are."));
      } else {
        tell(tokens);
      }
    }

    @Override
    public void failed(ApiError error) {
      if (estimates) {
        tell(estimate);
      } else {
        tell(error);
      }
    }

    private void tell(int count) {
      tell(new Document(200, Map.of("Content-Type", "application/json"), dialect.count(count)));
    }

    private void tell(ApiError error) {
      tell(Document.of(error, dialect));
    }

    private void tell(Document document) {
      if (!over) {
        end();
        exchange.reply().document(document);
      }
    }

    private void end() {
      over = true;
      if (late != null) {
        late.cancel(false);
      }
      afterwards.run();
      close();
    }

    private void close() {
      permit.close();
      live.reading(-1);
    }

    // Nothing else is wanted of the answer.

    @Override
    public void delta(int choice, Kind kind, byte[] json, int from, int to) {}

    @Override
    public void part(int choice, Part part) {}

    @Override
    public void finish(int choice, FinishReason reason) {}

    @Override
    public void flush() {}
  }
}
