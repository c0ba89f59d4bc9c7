package tayyar;

import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tayyar.api.Bound;
import tayyar.config.Secret;
import tayyar.config.SharedLimits;
import tayyar.limits.Budget;
import tayyar.limits.Limiter;
import tayyar.limits.WhenAway;
import tayyar.limits.WhenAway.Way;
import tayyar.redis.RedisAt;
import tayyar.redis.RedisShares;
import tayyar.telemetry.Count;
import tayyar.telemetry.Gauge;
import tayyar.telemetry.Telemetry;

/** The limiter, and the counters that it shares with other gateways. Thread-safe. */
final class Counting implements AutoCloseable {
  private final Limiter limiter;
  private final @Nullable RedisShares shares;

  /** Begins to connect to the counters, where there are any. */
  Counting(Plan plan, Budget budget) {
    int streams = plan.bounds().of(Bound.STREAMS);
    Plan.SharedCounts counts = plan.counts();
    if (counts == null) {
      shares = null;
      limiter = new Limiter(System::nanoTime, streams, budget);
      return;
    }
    byte[] name = new byte[8];
    new SecureRandom().nextBytes(name);
    shares = RedisShares.of(counts.at(), HexFormat.of().formatHex(name));
    limiter = new Limiter(System::nanoTime, streams, budget, shares, counts.whenAway());
    shares.start(limiter::tick);
  }

  /** What a configuration says of it. */
  static Plan.@Nullable SharedCounts of(@Nullable SharedLimits limits) {
    if (limits == null) {
      return null;
    }
    var away =
        new WhenAway(
            way(limits.requestsClosed()), way(limits.tokensClosed()), way(limits.atOnceClosed()));
    return new Plan.SharedCounts(at(limits), away);
  }

  private static RedisAt at(SharedLimits its) {
    Secret password = its.password();
    return new RedisAt(
        its.tls(),
        its.host(),
        its.port(),
        its.database(),
        its.user(),
        password == null ? null : password.value());
  }

  private static Way way(boolean closed) {
    return closed ? Way.CLOSED : Way.OPEN;
  }

  /** Why the counters that a configuration names cannot be used now; empty if they can. Blocks. */
  static String flaw(@Nullable SharedLimits limits) {
    return limits == null ? "" : RedisShares.flaw(at(limits));
  }

  Limiter limiter() {
    return limiter;
  }

  void gauges(Telemetry telemetry) {
    RedisShares its = shares;
    if (its != null) {
      telemetry.gauge(Gauge.LIMITS_AWAY, () -> its.isAway() ? 1 : 0);
      telemetry.count(Count.LIMIT_CALLS, its::calls);
      telemetry.count(Count.LIMIT_REFUSALS, its::refusals);
      telemetry.count(Count.LIMIT_MILLIS, its::millis);
    }
  }

  @Override
  public void close() {
    if (shares != null) {
      limiter.giveBack();
      shares.close();
    }
  }
}
