package tayyar.telemetry;

import tayyar.api.ApiError;
import tayyar.api.Ended;
import tayyar.api.Outcome;

/** The log's fields of a request that is over. */
final class RequestFields {
  private RequestFields() {}

  static void give(Ended ended, Fields to) {
    to.text("request_id", ended.requestId());
    to.text("key_id", ended.keyId());
    to.text("key", ended.keyHint());
    to.text("model", ended.model());
    to.text("target", ended.target());
    to.number("attempts", ended.attempts());
    to.text("endpoint", ended.course().endpoint().word());
    text(to, "dialect", ended.course().dialect());
    to.flag("streamed", ended.streamed());
    to.number("status", ended.status());
    to.text("outcome", ended.outcome().word());
    text(to, "error", error(ended.outcome()));
    text(to, "tries", ended.course().troubles());
    text(to, "finish", ended.course().finish());
    to.number("prompt_tokens", ended.usage().promptTokens());
    to.number("completion_tokens", ended.usage().completionTokens());
    to.number("cached_tokens", ended.usage().cachedTokens());
    to.number("cache_write_tokens", ended.usage().cacheWrites());
    to.number("reasoning_tokens", ended.usage().reasoningTokens());
    to.flag("estimated", ended.usage().estimated());
    to.number("bytes_in", ended.course().bytesIn());
    to.number("bytes_out", ended.course().bytesOut());
    Ended.Timing timing = ended.timing();
    millis(to, "ttft_ms", timing.firstTokenMicros());
    millis(to, "gap_p50_ms", timing.gapP50Micros());
    millis(to, "gap_p99_ms", timing.gapP99Micros());
    millis(to, "queue_ms", ended.course().queuedMicros());
    text(to, "trace_id", ended.course().trace().traceId());
    millis(to, "duration_ms", timing.durationMicros());
  }

  /** The reason of a bad end; a target's own code is kept as it is. */
  private static String error(Outcome outcome) {
    return outcome instanceof Outcome.Failed(ApiError.Relayed refused) && refused.code() != null
        ? refused.code()
        : outcome.reason();
  }

  /** Leaves out an empty text. */
  private static void text(Fields to, String name, String value) {
    if (!value.isEmpty()) {
      to.text(name, value);
    }
  }

  /** Leaves out a time that was never measured. */
  private static void millis(Fields to, String name, long micros) {
    if (micros >= 0) {
      to.millis(name, micros);
    }
  }
}
