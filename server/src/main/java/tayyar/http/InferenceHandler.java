package tayyar.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Bill;
import tayyar.api.Bounds;
import tayyar.api.Ended;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Key;
import tayyar.api.OpenRow;
import tayyar.api.Outcome;
import tayyar.api.Refused;
import tayyar.api.Trace;
import tayyar.api.Undecided;
import tayyar.api.Usage;
import tayyar.api.Who;
import tayyar.dialect.Answer;
import tayyar.dialect.ClientDialect;
import tayyar.dialect.Detached;
import tayyar.dialect.Reply;
import tayyar.http.Route.Caller;
import tayyar.http.Route.Method;
import tayyar.keys.KeyRing;
import tayyar.limits.Admission;
import tayyar.limits.Limiter;
import tayyar.limits.Permit;
import tayyar.stream.Relay;

/**
 * Answers the requests to models: POST /v1/chat/completions, completions, embeddings. Used by all
 * event loops.
 */
public final class InferenceHandler {
  /** So far behind its end a wait is surely over. */
  private static final long PAST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final KeyRing keys;
  private final Limiter limiter;
  private final Backend backend;
  private final Live live;
  private final Bounds bounds;
  private final BooleanSupplier room;
  private final UnaryOperator<Trace> traces;
  private final BiConsumer<OpenRow, Ended> ended;
  private final LargeBodies largeBodies = new LargeBodies();

  /**
   * Joins the steps.
   *
   * @param room whether the ledger can take another row
   * @param traces finds a request's place in the trace that its client named, if any
   * @param ended receives the record of each request that is over, refused ones included, with its
   *     open row
   */
  public InferenceHandler(
      KeyRing keys,
      Limiter limiter,
      Backend backend,
      Live live,
      Bounds bounds,
      BooleanSupplier room,
      UnaryOperator<Trace> traces,
      BiConsumer<OpenRow, Ended> ended) {
    this.keys = keys;
    this.limiter = limiter;
    this.backend = backend;
    this.live = live;
    this.bounds = bounds;
    this.room = room;
    this.traces = traces;
    this.ended = ended;
  }

  /**
   * Returns a route to models. Requests are admitted by their head, or refused. An admitted request
   * counts against the key's limit even if its body never comes.
   *
   * @param dialect the language of requests and answers
   */
  public Route route(String path, Endpoint endpoint, ClientDialect dialect) {
    return new Route(Method.POST, path, Caller.KEY, at(endpoint, dialect), dialect);
  }

  private Route.OnLoop at(Endpoint endpoint, ClientDialect dialect) {
    return new Route.OnLoop() {
      @Override
      public @Nullable Asked begin(Exchange exchange) {
        name(exchange, endpoint, dialect);
        return admit(exchange, Objects.requireNonNull(exchange.key()), endpoint, dialect);
      }

      @Override
      public void refuse(Exchange exchange, ApiError error) {
        name(exchange, endpoint, dialect);
        InferenceHandler.this.refuse(exchange, "", exchange.keyHint(), "", error);
      }
    };
  }

  private void name(Exchange exchange, Endpoint endpoint, ClientDialect dialect) {
    HttpHeaders headers = exchange.headers();
    Trace named = Trace.of(headers.get("traceparent"), headers.get("tracestate"));
    exchange.asked(endpoint, dialect.word(), traces.apply(named));
  }

  private @Nullable Asked admit(
      Exchange exchange, Key key, Endpoint endpoint, ClientDialect dialect) {
    exchange.row(backend.begin(exchange.requestId(), key, exchange.startedAtMs()));
    Admission admission = limiter.admit(key);
    exchange.requestsLeft(admission.requests());
    return switch (admission) {
      case Admission.Refused refused -> refuse(exchange, key.id(), key.hint(), "", refused.error());
      case Admission.Granted(Permit permit, _) -> {
        ApiError error = unready(exchange);
        if (error == null) {
          yield new Admitted(exchange, key, permit, endpoint, dialect);
        }
        permit.close();
        yield refuse(exchange, key.id(), key.hint(), "", error);
      }
    };
  }

  private @Nullable ApiError unready(Exchange exchange) {
    if (!room.getAsBoolean()) {
      return new ApiError.QueueFull();
    }
    String type = exchange.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
    return type.regionMatches(true, 0, "application/json", 0, 16)
        ? RequestChecks.coding(exchange.headers())
        : new ApiError.UnsupportedMediaType("Content-Type", RequestChecks.shown(type));
  }

  private final class Admitted extends Entered {
    private final Endpoint endpoint;
    private final ClientDialect dialect;

    Admitted(Exchange exchange, Key key, Permit permit, Endpoint endpoint, ClientDialect dialect) {
      super(exchange, key, permit, bounds);
      this.endpoint = endpoint;
      this.dialect = dialect;
    }

    @Override
    public void body(byte[] bytes) {
      exchange.bodyBytes(bytes.length);
      Supplier<InferenceRequest> reading = () -> dialect.read(endpoint, bytes, this, bounds);
      if (dialect.isReadAtOnce(bytes)) {
        serve(reading);
      } else {
        readElsewhere(reading);
      }
    }

    private void readElsewhere(Supplier<InferenceRequest> reading) {
      live.reading(1);
      largeBodies.read(key.id(), exchange.loop(), () -> {}, reading, this::haveRead, this::notRead);
    }

    private void haveRead(Supplier<InferenceRequest> request) {
      try {
        serve(request);
      } finally {
        live.reading(-1);
      }
    }

    private void serve(Supplier<InferenceRequest> read) {
      serve(read, backend.bill(key, exchange.startedAtMs()));
    }

    /** Starts the relay. All checks that can refuse come before the relay takes the permit over. */
    private void serve(Supplier<InferenceRequest> read, Bill bill) {
      if (exchange.isClientGone()) {
        close(bill, "");
        record(exchange, key.id(), key.hint(), "", new Outcome.ClientGone(), 499);
        return;
      }
      String model = "";
      try {
        InferenceRequest request = read.get();
        model = request.model();
        open(request, bill);
      } catch (Refused e) {
        exchange.requestsLeft(permit.requestsLeft(exchange.requestsLeft()));
        close(bill, model);
        refuse(exchange, key.id(), key.hint(), model, e.error());
      } catch (RuntimeException e) {
        close(bill, model);
        exchange.row().drop();
        throw e;
      }
    }

    private void open(InferenceRequest read, Bill bill) {
      InferenceRequest request = key.showsCost() ? read.withCost() : read;
      exchange.row().asked(request.model(), request.stream());
      Who who = exchange.who(key);
      try {
        exchange.tokensLeft(permit.reserve(request));
        exchange.requestsLeft(permit.requestsLeft(exchange.requestsLeft()));
        var open = backend.open(request, who, permit, bill, exchange.loop());
        Reply client = exchange.reply();
        Reply to = dialect.reply(request, who, client, exchange.loop(), open.bounds(), permit);
        Answer answer = dialect.answer(request, who, to, open.bounds(), permit);
        relay(exchange, who, permit, bill, request, to, answer, open);
      } catch (Undecided e) {
        await(e, request, bill);
      }
    }

    private void await(Undecided yet, InferenceRequest request, Bill bill) {
      live.reading(1);
      var wait = new Wait(request, bill);
      long rest = yet.untilNanos() - System.nanoTime() + PAST_NANOS;
      wait.end = exchange.loop().schedule(wait, rest, TimeUnit.NANOSECONDS);
      yet.await(wait::over);
    }

    /**
     * A request that waits for its organisation's money, or for the limits that gateways share:
     * until it is known, or until the loop's clock says that it is late, since a store that is
     * locked answers too late. Tried again once, on the loop.
     */
    private final class Wait implements Runnable {
      private final InferenceRequest request;
      private final Bill bill;
      private @Nullable Future<?> end;

      Wait(InferenceRequest request, Bill bill) {
        this.request = request;
        this.bill = bill;
      }

      void over() {
        try {
          exchange.loop().execute(this);
        } catch (RejectedExecutionException e) {
          close(bill, request.model());
          notRead();
        }
      }

      @Override
      public void run() {
        Future<?> waits = end;
        end = null;
        if (waits != null) {
          waits.cancel(false);
          live.reading(-1);
          serve(() -> request, bill);
        }
      }
    }

    private void close(Bill bill, String model) {
      permit.close();
      bill.settle(model, Usage.NONE);
    }

    private void notRead() {
      live.reading(-1);
      dropped();
    }

    @Override
    public void dropped() {
      permit.close();
      exchange.row().drop();
    }
  }

  private void relay(
      Exchange exchange,
      Who who,
      Permit permit,
      Bill bill,
      InferenceRequest request,
      Reply to,
      Answer answer,
      Backend.Open open) {
    Relay relay =
        new Relay(
            open.source(),
            to,
            answer,
            request,
            who,
            bill,
            exchange.row(),
            open.bounds(),
            exchange.loop(),
            System::nanoTime,
            (done, end) -> {
              permit.close(end.usage());
              try {
                ended.accept(exchange.row(), end);
              } finally {
                // Only now: who waits for the last stream to be over waits for its record as well.
                live.remove(done);
              }
            });
    if (open.exposesTarget()) {
      exchange.exposeTarget();
    }
    live.add(relay);
    ApiError fault = keys.fault(who.keyId());
    if (to instanceof Detached detached && fault == null) {
      detached.runs(relay, exchange::talker, relay::start);
      return;
    }
    exchange.talker(relay);
    if (fault == null) {
      relay.start();
    } else {
      relay.end(new Outcome.Failed(fault));
    }
  }

  private @Nullable Asked refuse(
      Exchange exchange, String keyId, String hint, String model, ApiError error) {
    exchange.error(error);
    record(exchange, keyId, hint, model, new Outcome.Failed(error), exchange.reply().status(error));
    return null;
  }

  /** Records a request that ended before a relay took it over. */
  private void record(
      Exchange exchange, String keyId, String hint, String model, Outcome outcome, int status) {
    long micros = (System.nanoTime() - exchange.startedNanos()) / 1000;
    ended.accept(
        exchange.row(),
        new Ended(
            exchange.requestId(),
            keyId,
            hint,
            model,
            "",
            0,
            false,
            outcome,
            status,
            Usage.NONE,
            new Ended.Timing(exchange.startedAtMs(), -1, micros, -1, -1),
            exchange.course()));
  }
}
