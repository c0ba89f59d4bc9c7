package tayyar.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.ChatRequest;
import tayyar.api.Ended;
import tayyar.api.Endpoint;
import tayyar.api.Key;
import tayyar.api.Outcome;
import tayyar.api.Refused;
import tayyar.api.Trace;
import tayyar.api.Usage;
import tayyar.keys.KeyRing;
import tayyar.keys.KeyRing.Check;
import tayyar.limits.Admission;
import tayyar.limits.Limiter;
import tayyar.limits.Permit;
import tayyar.stream.Relay;
import tayyar.stream.Who;

/**
 * The whole of what a model is asked for: POST /v1/chat/completions, completions, embeddings. Used
 * by all event loops.
 */
public final class ChatHandler {
  private final KeyRing keys;
  private final Limiter limiter;
  private final Backend backend;
  private final Live live;
  private final Bounds bounds;
  private final BooleanSupplier room;
  private final UnaryOperator<Trace> traces;
  private final Consumer<Ended> ended;

  /**
   * Joins the steps.
   *
   * @param room whether the ledger can take another row
   * @param traces the place of a request in the trace its client named, or in none
   * @param ended told of every request that is over, refused ones included
   */
  public ChatHandler(
      KeyRing keys,
      Limiter limiter,
      Backend backend,
      Live live,
      Bounds bounds,
      BooleanSupplier room,
      UnaryOperator<Trace> traces,
      Consumer<Ended> ended) {
    this.keys = keys;
    this.limiter = limiter;
    this.backend = backend;
    this.live = live;
    this.bounds = bounds;
    this.room = room;
    this.traces = traces;
    this.ended = ended;
  }

  void handle(Exchange exchange, Endpoint endpoint, byte[] body) {
    HttpHeaders headers = exchange.headers();
    Trace named = Trace.of(headers.get("traceparent"), headers.get("tracestate"));
    exchange.asked(endpoint, body.length, traces.apply(named));
    switch (keys.check(headers.get(HttpHeaderNames.AUTHORIZATION))) {
      case Check.Refused refused -> refuse(exchange, "", "", "", refused.error());
      case Check.Known known -> admit(exchange, known.key(), endpoint, body);
    }
  }

  private void admit(Exchange exchange, Key key, Endpoint endpoint, byte[] body) {
    Admission admission = limiter.admit(key);
    exchange.rateLimit(admission.limit(), admission.remaining());
    switch (admission) {
      case Admission.Refused refused -> refuse(exchange, key.id(), key.hint(), "", refused.error());
      case Admission.Granted granted -> serve(exchange, key, granted.permit(), endpoint, body);
    }
  }

  /** Everything that can refuse stands before the relay takes the permit over. */
  private void serve(Exchange exchange, Key key, Permit permit, Endpoint endpoint, byte[] body) {
    String model = "";
    try {
      checkReady(exchange);
      ChatRequest request = read(endpoint, body);
      model = request.model();
      var open = open(exchange, key, request);
      relay(exchange, key, permit, request, open);
    } catch (Refused e) {
      permit.close();
      refuse(exchange, key.id(), key.hint(), model, e.error());
    } catch (RuntimeException e) {
      permit.close();
      throw e;
    }
  }

  private Backend.Open open(Exchange exchange, Key key, ChatRequest request) {
    return backend.open(request, exchange.requestId(), key.id(), exchange.trace(), exchange.loop());
  }

  private ChatRequest read(Endpoint endpoint, byte[] body) {
    return switch (endpoint) {
      case CHAT -> ChatBody.chat(body, bounds.messagesMax());
      case COMPLETIONS -> ChatBody.completion(body);
      case EMBEDDINGS -> EmbeddingsBody.read(body, bounds);
    };
  }

  private void checkReady(Exchange exchange) {
    if (exchange.draining()) {
      throw new Refused(new ApiError.Draining());
    }
    if (!room.getAsBoolean()) {
      throw new Refused(new ApiError.QueueFull());
    }
    String type = exchange.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
    if (!type.regionMatches(true, 0, "application/json", 0, 16)) {
      throw new Refused(new ApiError.UnsupportedMediaType(RequestChecks.shown(type)));
    }
  }

  private void relay(
      Exchange exchange, Key key, Permit permit, ChatRequest request, Backend.Open open) {
    var who =
        new Who(
            exchange.requestId(),
            key.id(),
            key.hint(),
            exchange.startedAtMs(),
            exchange.startedNanos(),
            exchange.trace());
    Relay relay =
        new Relay(
            open.source(),
            exchange,
            request,
            who,
            open.bounds(),
            exchange.loop(),
            System::nanoTime,
            (done, end) -> {
              permit.close();
              try {
                ended.accept(end);
              } finally {
                // Only now: who waits for the last stream to be over waits for its record as well.
                live.remove(done);
              }
            });
    if (open.exposesTarget()) {
      exchange.exposeTarget();
    }
    live.add(relay);
    exchange.relay(relay);
    if (keys.valid(key.id())) {
      relay.start();
    } else {
      relay.end(new Outcome.Failed(new ApiError.KeyRevoked()));
    }
  }

  private void refuse(Exchange exchange, String keyId, String hint, String model, ApiError error) {
    exchange.error(error);
    long micros = (System.nanoTime() - exchange.startedNanos()) / 1000;
    ended.accept(
        new Ended(
            exchange.requestId(),
            keyId,
            hint,
            model,
            "",
            0,
            false,
            new Outcome.Failed(error),
            error.status(),
            Usage.NONE,
            new Ended.Timing(exchange.startedAtMs(), -1, micros, -1, -1),
            exchange.course()));
  }
}
