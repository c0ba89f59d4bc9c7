package tayyar.limits;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tayyar.api.LimitFault;
import tayyar.api.Scope;

/**
 * How a limiter counts together with those of other gateways: units are leased ahead, used without
 * asking, and told of in batches. Thread-safe; nothing blocks.
 */
final class Sharing {
  /** A request waits no longer than that for the counters. */
  static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(Window.SECONDS);

  private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Shares shares;
  private final WhenAway whenAway;
  private final LongSupplier nanoClock;
  private final Set<Turn> busy = ConcurrentHashMap.newKeySet();
  private long before;
  private long backAt;
  private boolean wasAway;

  Sharing(Shares shares, WhenAway whenAway, LongSupplier nanoClock) {
    this.shares = shares;
    this.whenAway = whenAway;
    this.nanoClock = nanoClock;
    this.before = nanoClock.getAsLong();
    this.backAt = before - LOOK_NANOS;
  }

  Shares shares() {
    return shares;
  }

  WhenAway whenAway() {
    return whenAway;
  }

  long now() {
    return nanoClock.getAsLong();
  }

  /** What a request needs of a kind is known to be too much. With the organisation's lock. */
  @Nullable LimitFault refusal(Scope scope, Holder holder, Kind kind, long need, long wanted) {
    if (kind.of(scope.limits()) == 0) {
      return null;
    }
    if (shares.isAway()) {
      return whenAway.isClosed(kind) ? new LimitFault.Uncounted(scope) : null;
    }
    Lease lease = holder.lease(kind);
    boolean strictest = kind.of(scope.limits()) <= lease.limit();
    long wait = strictest ? lease.wait(need, now()) : 0;
    return wait == 0 ? null : Want.fault(kind, scope, wanted, wait);
  }

  /** The seconds that a request must wait by the last refusal, if that still counts; else 0. */
  int secondsRefused(Holder holder, Kind kind) {
    return (int) Math.ceilDiv(holder.lease(kind).waitRefused(now()), 1_000_000_000L);
  }

  /**
   * What a request wants at all levels. With the organisation's lock.
   *
   * @param tokens negative for a place and to be counted as a request
   */
  Want want(List<Scope> scopes, Holder[] holders, long tokens, Permit permit, Turn turn) {
    List<Want.Part> parts = new ArrayList<>(4);
    if (tokens < 0) {
      add(parts, scopes, holders, Kind.REQUESTS, 1);
      add(parts, scopes, holders, Kind.PLACES, 1);
    } else {
      add(parts, scopes, holders, Kind.TOKENS, tokens);
    }
    long now = now();
    Want want = new Want(parts, tokens, permit, now + WAIT_NANOS);
    turn.want(want, now);
    return want;
  }

  /** A plan and its organisation have one counter: the stricter limit of both holds. */
  private static void add(
      List<Want.Part> parts, List<Scope> scopes, Holder[] holders, Kind kind, long wanted) {
    for (int i = 0; i < holders.length; i++) {
      Scope scope = scopes.get(i);
      int limit = kind.of(scope.limits());
      if (limit == 0) {
        continue;
      }
      Lease lease = holders[i].lease(kind);
      if (!parts.isEmpty() && parts.getLast().lease == lease) {
        if (parts.getLast().limit <= limit) {
          continue;
        }
        parts.removeLast();
      }
      lease.limit(limit);
      parts.add(new Want.Part(lease, scope, limit, Math.min(wanted, limit)));
    }
  }

  /** Has an organisation looked after. */
  void busy(Turn turn) {
    busy.add(turn);
  }

  int busy() {
    return busy.size();
  }

  /** Leaves it in peace. */
  void idle(Turn turn) {
    busy.remove(turn);
  }

  /**
   * Sends what has come together, and once a second what was not used. Places are told of, also
   * within a second of when the counters are back. Each organisation has moments of its own for
   * that: all of them at once would be more than counters answer in time.
   */
  synchronized void tick() {
    long now = now();
    boolean away = shares.isAway();
    backAt = wasAway && !away ? now : backAt;
    wasAway = away;
    boolean back = before - backAt < LOOK_NANOS;
    busy.forEach(
        turn -> {
          boolean second = isDue(turn, LOOK_NANOS, now);
          turn.tick(second, isDue(turn, BEAT_NANOS, now) || (back && second));
        });
    before = now;
  }

  /** Whether a moment of an organisation has passed since the last tick. */
  private boolean isDue(Turn turn, long everyNanos, long now) {
    long its = turn.moment();
    return Math.floorDiv(now - its, everyNanos) != Math.floorDiv(before - its, everyNanos);
  }

  /** Tells all that there is to tell, and gives all leases back: the gateway stops. */
  void close() {
    busy.forEach(Turn::close);
  }
}
