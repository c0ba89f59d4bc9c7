package tayyar;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Ended;
import tayyar.api.OpenRow;
import tayyar.api.Outcome;
import tayyar.api.Trace;
import tayyar.ledger.Ledger;
import tayyar.telemetry.AccessLog;
import tayyar.telemetry.Otlp;
import tayyar.telemetry.Telemetry;

/**
 * Everything that is told of a request that is over. Used by all event loops.
 *
 * @param names gives a model's own name for any that it is called by
 * @param otlp where spans go, or null
 */
record Recorded(
    Seen seen,
    UnaryOperator<String> names,
    Ledger ledger,
    Telemetry telemetry,
    AccessLog accessLog,
    @Nullable Otlp otlp) {

  /** A model is one, whatever it is called by. */
  void ended(OpenRow row, Ended asked) {
    String name = names.apply(asked.model());
    tell(row, name.equals(asked.model()) ? asked : asked.named(name));
  }

  private void tell(OpenRow row, Ended end) {
    if (!end.keyId().isEmpty()) {
      ledger.record(row, end);
    }
    if (seen.metrics()) {
      telemetry.ended(end);
    }
    if (seen.accessLog() && !isOneOfManyWrongKeys(end)) {
      accessLog.ended(end);
    }
    if (otlp != null) {
      otlp.ended(end);
    }
  }

  /** The log has one line of them all. */
  private static boolean isOneOfManyWrongKeys(Ended end) {
    return end.outcome() instanceof Outcome.Failed(ApiError.TooManyWrongKeys _);
  }

  /** The place of a request in the trace that its client named, or in none. */
  Trace trace(Trace client) {
    return otlp == null ? client : otlp.trace(client);
  }
}
