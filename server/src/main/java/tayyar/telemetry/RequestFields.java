package tayyar.telemetry;

import tayyar.api.ApiError;
import tayyar.api.Ended;
import tayyar.api.Outcome;

/** The log's fields of a request that is over. */
final class RequestFields {
  private static final FieldName REQUEST_ID = new FieldName("request_id");
  private static final FieldName KEY_ID = new FieldName("key_id");
  private static final FieldName KEY = new FieldName("key");
  private static final FieldName MODEL = new FieldName("model");
  private static final FieldName TARGET = new FieldName("target");
  private static final FieldName ATTEMPTS = new FieldName("attempts");
  private static final FieldName ENDPOINT = new FieldName("endpoint");
  private static final FieldName DIALECT = new FieldName("dialect");
  private static final FieldName STREAMED = new FieldName("streamed");
  private static final FieldName STATUS = new FieldName("status");
  private static final FieldName OUTCOME = new FieldName("outcome");
  private static final FieldName ERROR = new FieldName("error");
  private static final FieldName TRIES = new FieldName("tries");
  private static final FieldName FINISH = new FieldName("finish");
  private static final FieldName PROMPT_TOKENS = new FieldName("prompt_tokens");
  private static final FieldName COMPLETION_TOKENS = new FieldName("completion_tokens");
  private static final FieldName CACHED_TOKENS = new FieldName("cached_tokens");
  private static final FieldName CACHE_WRITE_TOKENS = new FieldName("cache_write_tokens");
  private static final FieldName REASONING_TOKENS = new FieldName("reasoning_tokens");
  private static final FieldName ESTIMATED = new FieldName("estimated");
  private static final FieldName BYTES_IN = new FieldName("bytes_in");
  private static final FieldName BYTES_OUT = new FieldName("bytes_out");
  private static final FieldName TTFT_MS = new FieldName("ttft_ms");
  private static final FieldName GAP_P50_MS = new FieldName("gap_p50_ms");
  private static final FieldName GAP_P99_MS = new FieldName("gap_p99_ms");
  private static final FieldName QUEUE_MS = new FieldName("queue_ms");
  private static final FieldName TRACE_ID = new FieldName("trace_id");
  private static final FieldName DURATION_MS = new FieldName("duration_ms");

  private RequestFields() {}

  static void give(Ended ended, Fields to) {
    to.text(REQUEST_ID, ended.requestId());
    to.text(KEY_ID, ended.keyId());
    to.text(KEY, ended.keyHint());
    to.text(MODEL, ended.model());
    to.text(TARGET, ended.target());
    to.number(ATTEMPTS, ended.attempts());
    to.text(ENDPOINT, ended.course().endpoint().word());
    text(to, DIALECT, ended.course().dialect());
    to.flag(STREAMED, ended.streamed());
    to.number(STATUS, ended.status());
    to.text(OUTCOME, ended.outcome().word());
    text(to, ERROR, error(ended.outcome()));
    text(to, TRIES, ended.course().troubles());
    text(to, FINISH, ended.course().finish());
    to.number(PROMPT_TOKENS, ended.usage().promptTokens());
    to.number(COMPLETION_TOKENS, ended.usage().completionTokens());
    to.number(CACHED_TOKENS, ended.usage().cachedTokens());
    to.number(CACHE_WRITE_TOKENS, ended.usage().cacheWrites());
    to.number(REASONING_TOKENS, ended.usage().reasoningTokens());
    to.flag(ESTIMATED, ended.usage().estimated());
    to.number(BYTES_IN, ended.course().bytesIn());
    to.number(BYTES_OUT, ended.course().bytesOut());
    Ended.Timing timing = ended.timing();
    millis(to, TTFT_MS, timing.firstTokenMicros());
    millis(to, GAP_P50_MS, timing.gapP50Micros());
    millis(to, GAP_P99_MS, timing.gapP99Micros());
    millis(to, QUEUE_MS, ended.course().queuedMicros());
    text(to, TRACE_ID, ended.course().trace().traceId());
    millis(to, DURATION_MS, timing.durationMicros());
  }

  /** The reason of a bad end; a target's own code is kept as it is. */
  private static String error(Outcome outcome) {
    return outcome instanceof Outcome.Failed(ApiError.Relayed refused) && refused.code() != null
        ? refused.code()
        : outcome.reason();
  }

  /** Leaves out an empty text. */
  private static void text(Fields to, FieldName name, String value) {
    if (!value.isEmpty()) {
      to.text(name, value);
    }
  }

  /** Leaves out a time that was never measured. */
  private static void millis(Fields to, FieldName name, long micros) {
    if (micros >= 0) {
      to.millis(name, micros);
    }
  }
}
