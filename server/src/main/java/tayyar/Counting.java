package tayyar;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tayyar.api.Bound;
import tayyar.config.Secret;
import tayyar.config.SharedLimits;
import tayyar.limits.Budget;
import tayyar.limits.Contact;
import tayyar.limits.Limiter;
import tayyar.limits.Shares;
import tayyar.limits.WhenAway;
import tayyar.limits.WhenAway.Way;
import tayyar.postgres.PostgresShares;
import tayyar.redis.RedisAt;
import tayyar.redis.RedisShares;
import tayyar.telemetry.Count;
import tayyar.telemetry.Gauge;
import tayyar.telemetry.Telemetry;

/** The limiter, and the counters that it shares with other gateways. Thread-safe. */
final class Counting implements AutoCloseable {
  private final Limiter limiter;
  private final @Nullable Shares shares;

  /**
   * Begins to connect to the counters, where there are any.
   *
   * @param store gives connections to them, where they are at the store
   */
  Counting(Plan plan, Budget budget, Supplier<DataSource> store) {
    int streams = plan.bounds().of(Bound.STREAMS);
    Plan.SharedCounts counts = plan.counts();
    if (counts == null) {
      shares = null;
      limiter = new Limiter(System::nanoTime, streams, budget);
      return;
    }
    byte[] name = new byte[8];
    new SecureRandom().nextBytes(name);
    String gateway = HexFormat.of().formatHex(name);
    RedisAt redis = counts.redis();
    shares =
        redis == null
            ? PostgresShares.of(store.get(), plan.store(), gateway)
            : RedisShares.of(redis, gateway);
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
    SharedLimits.Redis redis = limits.redis();
    return new Plan.SharedCounts(redis == null ? null : at(redis), away);
  }

  private static RedisAt at(SharedLimits.Redis its) {
    Secret password = its.password();
    return new RedisAt(
        its.tls(),
        its.host(),
        its.port(),
        its.database(),
        its.user(),
        password == null ? null : password.value(),
        its.ca());
  }

  private static Way way(boolean closed) {
    return closed ? Way.CLOSED : Way.OPEN;
  }

  /**
   * Why the counters that a configuration names cannot be used now; empty if they can. Of those at
   * the store nothing is said that is not said of the store. Blocks.
   */
  static String flaw(@Nullable SharedLimits limits) {
    SharedLimits.Redis redis = limits == null ? null : limits.redis();
    return redis == null ? "" : RedisShares.flaw(at(redis));
  }

  Limiter limiter() {
    return limiter;
  }

  void gauges(Telemetry telemetry) {
    Contact its = shares == null ? null : shares.contact();
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
