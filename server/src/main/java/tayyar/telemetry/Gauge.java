package tayyar.telemetry;

/** Numbers that are read at each scrape; the wiring supplies them. */
public enum Gauge {
  /** Permits that are held. */
  ACTIVE_STREAMS("tayyar_active_streams", "Requests under way, streamed or not."),
  /** Open client connections. */
  CONNECTIONS("tayyar_connections", "Open client connections."),
  /** When a certificate expires. */
  CERTIFICATE_END(
      "tayyar_certificate_end_seconds",
      "When the first of our certificates expires, in seconds since 1970."),
  /** Whether a new certificate is not used. */
  CERTIFICATE_REFUSED(
      "tayyar_certificate_refused",
      "1 while the files hold a certificate that can't be used, and an older one is shown."),
  /** Memory that is held. */
  MEMORY_HELD("tayyar_memory_held_bytes", "What requests, answers and sockets' buffers hold."),
  /** Memory that may be held. */
  MEMORY("tayyar_memory_bytes", "What requests, answers and sockets' buffers may hold."),
  /** Rows the ledger has not written yet. */
  LEDGER_WAITING("tayyar_ledger_waiting", "Ledger rows that wait to be written."),
  /** Whether the database's file is not where it was. */
  STORE_LOST(
      "tayyar_store_lost", "1 while the database is away, or its file gone or an unusable one."),
  /** Rows in the journal. */
  JOURNAL("tayyar_journal_rows", "Requests with a key whose row is not in the database yet."),
  /** The age of the leases of balances. */
  LEASE_AGE("tayyar_lease_age_seconds", "Since the leases of balances were last renewed."),
  /** Whether the limits' shared counters are away. */
  LIMITS_AWAY(
      "tayyar_limits_away", "1 while the counters of limits that gateways share do not answer."),
  /** Requests that hold of a balance. */
  HOLDERS("tayyar_holds_open", "Requests that hold a part of their organisation's balance."),
  /** What they hold. */
  HELD("tayyar_held", "What they hold, in the store's currency."),
  /** Requests that wait for a target with room. */
  TARGET_QUEUE("tayyar_target_queue", "Requests that wait for a target with room."),
  /** Prompts outside of slots. */
  ENGINE_PROMPTS("tayyar_engine_prompt_bytes", "Memory of prompts kept beside the slots.");

  private final String metric;
  private final String help;

  Gauge(String metric, String help) {
    this.metric = metric;
    this.help = help;
  }

  /** The exported name. */
  public String metric() {
    return metric;
  }

  /** Its meaning, in a sentence. */
  public String help() {
    return help;
  }
}
