package tayyar.telemetry;

/** Numbers that only grow and are read at each scrape; the wiring supplies them. */
public enum Count {
  /** Workers that ended by themselves. */
  WORKER_RESTARTS("tayyar_worker_restarts", "Times the worker ended and was started again."),
  /** Prompts found outside of slots. */
  PROMPT_HITS("tayyar_engine_prompt_hits", "Prompts found that no slot held any longer."),
  /** What that saved. */
  PROMPT_TOKENS("tayyar_engine_prompt_tokens", "Tokens of them that were not computed again."),
  /** Requests with a key that nobody issued. */
  WRONG_KEYS("tayyar_wrong_keys", "Requests with a key that nobody issued."),
  /** Calls to the limits' shared counters. */
  LIMIT_CALLS("tayyar_limits_calls", "Calls to the counters of limits that gateways share."),
  /** Requests that these refused. */
  LIMIT_REFUSALS("tayyar_limits_refusals", "Requests that these counters refused."),
  /** What the calls took. */
  LIMIT_MILLIS("tayyar_limits_milliseconds", "Milliseconds that these calls took in all."),
  /** Handshakes that came to nothing. */
  HANDSHAKES_FAILED("tayyar_tls_handshakes_failed", "TLS handshakes that failed or took too long."),
  /** Lines the log had no room for. */
  LOG_LINES_DROPPED("tayyar_log_lines_dropped", "Request lines that were not logged."),
  /** Requests whose spans did not reach the collector. */
  SPANS_DROPPED("tayyar_spans_dropped", "Spans that were not exported.");

  private final String metric;
  private final String help;

  Count(String metric, String help) {
    this.metric = metric;
    this.help = help;
  }

  /** The exported name, without the {@code _total} behind it. */
  public String metric() {
    return metric;
  }

  /** Its meaning, in a sentence. */
  public String help() {
    return help;
  }
}
