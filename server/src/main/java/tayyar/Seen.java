package tayyar;

import org.jspecify.annotations.Nullable;
import tayyar.telemetry.OtlpSettings;

/**
 * What is told of the requests, besides the ledger's rows.
 *
 * @param metrics whether each is counted
 * @param accessLog whether each has a line in the log
 * @param otlp where traces and metrics are exported to, or null
 */
public record Seen(boolean metrics, boolean accessLog, @Nullable OtlpSettings otlp) {
  /** As it is where nobody says otherwise. */
  public static final Seen USUAL = new Seen(true, true, null);
}
