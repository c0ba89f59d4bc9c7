package tayyar.limits;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.LimitFault;
import tayyar.api.Limits;
import tayyar.api.Scope;

/**
 * Units that a request wants of the shared counters, at all levels or at none. Guarded by its
 * organisation's lock.
 */
final class Want {
  /** What became of it. */
  enum State {
    /** Nobody knows yet. */
    WAITING,
    /** The request has them. */
    GRANTED,
    /** It has none. */
    REFUSED
  }

  /** Of one counter. */
  static final class Part {
    final Lease lease;
    final Scope scope;
    final long limit;
    final long need;
    long taken;
    long slot = -1;

    Part(Lease lease, Scope scope, long limit, long need) {
      this.lease = lease;
      this.scope = scope;
      this.limit = limit;
      this.need = need;
    }

    /** Units that it still lacks. */
    long lacks() {
      return need - taken;
    }
  }

  private static final Scope NOBODY = new Scope(Scope.Level.KEY, "", "", Limits.NONE);

  private final List<Part> parts;
  private final long wanted;
  private final long untilNanos;
  private final @Nullable Permit permit;
  private State state = State.WAITING;
  private @Nullable LimitFault fault;
  private @Nullable Runnable again;

  /**
   * A request's.
   *
   * @param wanted tokens that the request may take; negative where it is about the request itself
   * @param permit is told what it became; null where only leases are to grow
   * @param untilNanos when it waits no longer
   */
  Want(List<Part> parts, long wanted, @Nullable Permit permit, long untilNanos) {
    this.parts = parts;
    this.wanted = wanted;
    this.permit = permit;
    this.untilNanos = untilNanos;
  }

  /** What makes a lease grow. */
  static Want ofNobody(Lease lease) {
    return new Want(List.of(new Part(lease, NOBODY, lease.limit(), 0)), 0, null, 0);
  }

  List<Part> parts() {
    return parts;
  }

  State state() {
    return state;
  }

  /** When it waits no longer, by the limiter's clock. */
  long untilNanos() {
    return untilNanos;
  }

  /** Tokens that the request may take in all; negative where it is about the request itself. */
  long wanted() {
    return wanted;
  }

  @Nullable LimitFault fault() {
    return fault;
  }

  /** Takes what the gateway has leased already; whether that was all. */
  boolean take() {
    boolean all = true;
    for (Part part : parts) {
      part.slot = part.lease.slot();
      part.taken += part.lease.take(part.lacks());
      all &= part.lacks() == 0;
    }
    return all;
  }

  /** The request has all of it. */
  void granted() {
    state = State.GRANTED;
  }

  /** It gets nothing, for this reason; what it had taken goes back. */
  void refused(LimitFault why) {
    cancel();
    fault = why;
    if (permit != null) {
      permit.refused(this);
    }
  }

  /** Nobody wants it any longer. */
  void cancel() {
    parts.forEach(part -> part.lease.putBack(part.taken));
    state = State.REFUSED;
  }

  /** The request is over: its places are free, and of its tokens these were used. */
  void settle(long tokensUsed, Turn turn, long now) {
    for (Part part : parts) {
      long more = tokensUsed - part.need;
      switch (part.lease.kind()) {
        case PLACES -> part.lease.end();
        case TOKENS -> {
          if (more > 0) {
            part.lease.owe(more, now);
          } else {
            part.lease.giveBack(part.slot, -more);
          }
        }
        case REQUESTS -> {}
      }
      turn.know(part.lease);
    }
  }

  /** Why a part is refused. */
  static LimitFault fault(Kind kind, Scope scope, long wanted, long waitNanos) {
    int seconds = (int) Math.max(1, Math.ceilDiv(waitNanos, 1_000_000_000L));
    return switch (kind) {
      case REQUESTS -> new LimitFault.Requests(scope, seconds);
      case TOKENS -> new LimitFault.Tokens(scope, wanted, seconds);
      case PLACES -> new LimitFault.AtOnce(scope);
    };
  }

  /** Sets who is told once it is decided. */
  void whenDecided(Runnable told) {
    again = told;
  }

  /** Who is to be told, once. */
  @Nullable Runnable told() {
    Runnable its = again;
    again = null;
    return its;
  }
}
