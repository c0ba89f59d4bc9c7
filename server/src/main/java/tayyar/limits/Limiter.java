package tayyar.limits;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Key;
import tayyar.api.LimitFault;
import tayyar.api.Scope;

/**
 * Admits or refuses requests: by the limits of their key, project, organisation and plan, and by
 * all requests under way. Windows are of 60 seconds, exact to a second. An admitted request draws
 * its memory on the budget. Thread-safe; {@link #admit} holds a lock of the organisation for a
 * moment only, so event loops may call it. Keeps some 1,200 bytes for each key used in the last two
 * minutes.
 */
public final class Limiter {
  private static final long SECOND_NANOS = 1_000_000_000;

  private final LongSupplier nanoClock;
  private final long origin;
  private final int streamsMax;
  private final Budget budget;
  private final @Nullable Sharing sharing;
  private final AtomicInteger held = new AtomicInteger();
  private final AtomicLong nextSweep = new AtomicLong(Window.SECONDS);
  private final ConcurrentHashMap<String, Holders> organisations = new ConcurrentHashMap<>();

  /**
   * A limiter that has seen no request.
   *
   * @param nanoClock as {@link System#nanoTime()}
   * @param streamsMax requests under way at once, at least 1
   * @param budget bounds the memory of all requests
   */
  public Limiter(LongSupplier nanoClock, int streamsMax, Budget budget) {
    this(nanoClock, streamsMax, budget, null, WhenAway.OPEN);
  }

  /**
   * The same, which counts together with those of other gateways: {@link #tick} has to be called
   * some twenty times a second.
   *
   * @param shares their counters; null where this one counts alone
   */
  public Limiter(
      LongSupplier nanoClock,
      int streamsMax,
      Budget budget,
      @Nullable Shares shares,
      WhenAway whenAway) {
    this.sharing = shares == null ? null : new Sharing(shares, whenAway, nanoClock);
    this.nanoClock = nanoClock;
    this.origin = nanoClock.getAsLong();
    this.streamsMax = streamsMax;
    this.budget = budget;
  }

  /** Seconds since the limiter was made. */
  long second() {
    return (nanoClock.getAsLong() - origin) / SECOND_NANOS;
  }

  /**
   * Admits and counts a request at all levels, or refuses it and counts nothing. Where several
   * limits are reached, the refusal names the one that takes longest.
   */
  public Admission admit(Key key) {
    long second = second();
    sweep(second);
    while (true) {
      Admission admission = null;
      Holders holders = holders(key.account().organisationId());
      synchronized (holders) {
        if (!holders.dropped()) {
          admission = admit(key.scopes(), holders, second);
        }
      }
      if (admission != null) {
        ask(holders, admission);
        return admission;
      }
    }
  }

  /** A request that may be let in only by the shared counters asks at once. */
  private static void ask(Holders holders, Admission admission) {
    Turn turn = holders.turn();
    if (turn != null
        && admission instanceof Admission.Granted granted
        && granted.permit().waits()) {
      turn.send();
    }
  }

  /** A known one is found without a lock, which {@code computeIfAbsent} may take. */
  private Holders holders(String organisationId) {
    Holders known = organisations.get(organisationId);
    return known == null
        ? organisations.computeIfAbsent(organisationId, id -> new Holders(id, sharing))
        : known;
  }

  private Admission admit(List<Scope> scopes, Holders holders, long second) {
    Holder[] its = new Holder[scopes.size()];
    LimitFault refusal = null;
    for (int i = 0; i < its.length; i++) {
      Scope scope = scopes.get(i);
      its[i] = holders.at(scope.holder(), second);
      refusal = later(refusal, refusal(scope, its[i]));
      if (sharing != null) {
        refusal = later(refusal, sharing.refusal(scope, its[i], Kind.REQUESTS, 1, -1));
        refusal = later(refusal, sharing.refusal(scope, its[i], Kind.PLACES, 1, -1));
      }
    }
    if (refusal != null) {
      return new Admission.Refused(new ApiError.OfLimit(refusal), left(scopes, its));
    }
    if (!hold()) {
      return new Admission.Refused(new ApiError.QueueFull(), left(scopes, its));
    }
    Permit permit = new Permit(this, scopes, its, holders);
    permit.begin();
    return new Admission.Granted(permit, left(scopes, its));
  }

  private @Nullable Left left(List<Scope> scopes, Holder[] holders) {
    return Left.strictest(Kind.REQUESTS, scopes, holders, sharing);
  }

  private static @Nullable LimitFault refusal(Scope scope, Holder holder) {
    int most = scope.limits().requestsPerMinute();
    if (most > 0 && holder.requests().total() >= most) {
      return new LimitFault.Requests(scope, holder.requests().secondsUntil(most - 1));
    }
    int atOnce = scope.limits().requestsAtOnce();
    return atOnce > 0 && holder.open() >= atOnce ? new LimitFault.AtOnce(scope) : null;
  }

  /** The one for which the client has to wait longer. */
  static @Nullable LimitFault later(@Nullable LimitFault one, @Nullable LimitFault other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return other.retryAfterSeconds() > one.retryAfterSeconds() ? other : one;
  }

  private boolean hold() {
    int now = held.get();
    while (now < streamsMax) {
      if (held.compareAndSet(now, now + 1)) {
        return true;
      }
      now = held.get();
    }
    return false;
  }

  /** A permit is closed. */
  void closed() {
    held.decrementAndGet();
  }

  /** Sends what is to be told to the counters that gateways share. Nothing blocks. */
  public void tick() {
    if (sharing != null) {
      sharing.tick();
    }
  }

  /** Gives back what is not used of the shared counters, before they are closed. */
  public void giveBack() {
    if (sharing != null) {
      sharing.close();
    }
  }

  /** Organisations that hold something of the shared counters. */
  int busy() {
    return sharing == null ? 0 : sharing.busy();
  }

  @Nullable Sharing sharing() {
    return sharing;
  }

  Budget budget() {
    return budget;
  }

  /** Open permits, that is requests under way. */
  public int open() {
    return held.get();
  }

  /** Keys, projects and organisations that are remembered. */
  int remembered() {
    return organisations.values().stream().mapToInt(Limiter::size).sum();
  }

  private static int size(Holders holders) {
    synchronized (holders) {
      return holders.size();
    }
  }

  /** Forgets those that were not used for a whole window; one caller a minute does it. */
  private void sweep(long second) {
    long due = nextSweep.get();
    if (second < due || !nextSweep.compareAndSet(due, second + Window.SECONDS)) {
      return;
    }
    organisations
        .values()
        .removeIf(
            holders -> {
              synchronized (holders) {
                return holders.dropIdle(second);
              }
            });
  }
}
