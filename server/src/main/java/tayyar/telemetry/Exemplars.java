package tayyar.telemetry;

import io.prometheus.metrics.tracer.common.SpanContext;
import org.jspecify.annotations.Nullable;
import tayyar.api.Trace;

/** Names the trace of a request while the request is counted. Thread-safe. */
final class Exemplars implements SpanContext {
  private static final ThreadLocal<@Nullable Trace> CURRENT = new ThreadLocal<>();

  /** Runs the counting with a trace as its exemplar. */
  void under(Trace trace, Runnable counting) {
    if (!trace.exists()) {
      counting.run();
      return;
    }
    CURRENT.set(trace);
    try {
      counting.run();
    } finally {
      CURRENT.remove();
    }
  }

  @Override
  public @Nullable String getCurrentTraceId() {
    Trace trace = CURRENT.get();
    return trace == null ? null : trace.traceId();
  }

  @Override
  public @Nullable String getCurrentSpanId() {
    Trace trace = CURRENT.get();
    return trace == null ? null : trace.spanId();
  }

  @Override
  public boolean isCurrentSpanSampled() {
    Trace trace = CURRENT.get();
    return trace != null && trace.sampled();
  }

  @Override
  public void markCurrentSpanAsExemplar() {}
}
