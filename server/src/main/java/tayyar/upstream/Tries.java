package tayyar.upstream;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Outcome;
import tayyar.api.Sought;
import tayyar.api.Trace;
import tayyar.api.Tried;
import tayyar.routing.Try;

/**
 * Keeps the times of one request's tries. Callers pass the clock's readings. Used by one thread.
 */
final class Tries {
  private final List<One> all = new ArrayList<>(1);
  private long seekingSince;
  private long queuedNanos;
  private boolean seeking;

  /** One try; the nanoseconds are readings of the clock. */
  private static final class One {
    final String target;
    final String model;
    final String spanId;
    final long started;
    long first;
    boolean spoke;
    long ended;
    String ending = Tried.CANCELLED;
    String detail = "";
    String again = "";

    One(Try taken, Trace trace, long now) {
      target = taken.target().name();
      model = taken.modelId();
      spanId = trace.recorded() ? trace.spanId() : "";
      started = now;
      ended = now;
    }
  }

  void seeking(long now) {
    seeking = true;
    seekingSince = now;
  }

  void began(Try taken, Trace trace, long now) {
    sought(now);
    all.add(new One(taken, trace, now));
  }

  /** Notes the end of a wait for a target. */
  void sought(long now) {
    if (seeking) {
      seeking = false;
      queuedNanos += now - seekingSince;
    }
  }

  void spoke(long now) {
    One last = all.getLast();
    last.spoke = true;
    last.first = now;
  }

  /** Notes that the last try's target is asked once more. */
  void again(String why) {
    all.getLast().again = why;
  }

  /** Notes the end of the last try. */
  void ended(@Nullable ApiError why, String otherwise, long now) {
    One last = all.getLast();
    last.ended = now;
    last.ending = why == null ? otherwise : ending(why);
    last.detail = why == null ? "" : detail(why);
  }

  /** Returns the ending as a word of a bounded set. */
  private static String ending(ApiError error) {
    return error instanceof ApiError.UpstreamBusy ? "busy" : Outcome.reason(error);
  }

  private static String detail(ApiError error) {
    return switch (error) {
      case ApiError.UpstreamFailed failed -> failed.detail();
      case ApiError.UpstreamBusy busy -> "it wants rest for " + busy.retryAfterSeconds() + " s.";
      case ApiError.UnreadableAnswer unreadable -> unreadable.detail();
      case ApiError.Relayed relayed -> "it answered with status " + relayed.status() + ".";
      default -> "";
    };
  }

  /** Returns all tries, in microseconds since a reading of the clock. */
  Sought since(long startedNanos) {
    List<Tried> tried = new ArrayList<>(all.size());
    for (One one : all) {
      tried.add(
          new Tried(
              one.target,
              one.model,
              one.spanId,
              (one.started - startedNanos) / 1000,
              one.spoke ? (one.first - startedNanos) / 1000 : -1,
              (one.ended - startedNanos) / 1000,
              one.ending,
              one.detail,
              one.again));
    }
    return new Sought(tried, queuedNanos / 1000);
  }
}
