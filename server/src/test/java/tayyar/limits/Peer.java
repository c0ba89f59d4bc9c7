package tayyar.limits;

import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tayyar.api.Account;
import tayyar.api.ApiError;
import tayyar.api.InferenceRequest;
import tayyar.api.Key;
import tayyar.api.Limits;
import tayyar.api.Refused;
import tayyar.api.Sampling;
import tayyar.api.Scope;
import tayyar.api.Undecided;

/** A gateway's limiter that counts with others; what a request does, in a few calls. */
final class Peer implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final Shares shares;
  private final Limiter limiter;

  /** A gateway of its own, whose name is given to the counters. */
  Peer(Function<String, Shares> counters, WhenAway whenAway, LongSupplier clock) {
    this.shares = counters.apply("gw" + NUMBER.incrementAndGet());
    this.limiter =
        new Limiter(clock, 1_000_000, new Budget(Long.MAX_VALUE, () -> 0), shares, whenAway);
    shares.start(limiter::tick);
  }

  /** Returns it once the counters have answered. */
  Peer up() {
    Awaitility.await("the counters to answer").until(() -> !shares.isAway());
    return this;
  }

  Shares shares() {
    return shares;
  }

  Limiter limiter() {
    return limiter;
  }

  /** What became of a request. */
  record Asked(@Nullable Permit permit, @Nullable ApiError error) {
    boolean isIn() {
      return permit != null;
    }

    Permit in() {
      if (permit == null) {
        throw new AssertionError("refused: " + error);
      }
      return permit;
    }

    ApiError out() {
      if (error == null) {
        throw new AssertionError("let in");
      }
      return error;
    }
  }

  /** Asks as a server does: at its head, and again once it is known. */
  Asked ask(Key key) {
    return ask(key, request(0, 0));
  }

  Asked ask(Key key, InferenceRequest request) {
    return switch (limiter.admit(key)) {
      case Admission.Refused refused -> new Asked(null, refused.error());
      case Admission.Granted granted -> reserve(granted.permit(), request);
    };
  }

  private static Asked reserve(Permit permit, InferenceRequest request) {
    while (true) {
      try {
        permit.reserve(request);
        return new Asked(permit, null);
      } catch (Undecided e) {
        await(e);
      } catch (Refused e) {
        permit.close();
        return new Asked(null, e.error());
      }
    }
  }

  private static void await(Undecided yet) {
    var done = new CountDownLatch(1);
    yet.await(done::countDown);
    long rest = yet.untilNanos() - System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1);
    try {
      boolean ignored = done.await(Math.max(0, rest), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many of these requests in a row were let in; they stay open. */
  int in(Key key, int tries) {
    int in = 0;
    for (int i = 0; i < tries; i++) {
      in += ask(key).isIn() ? 1 : 0;
    }
    return in;
  }

  @Override
  public void close() {
    limiter.giveBack();
    shares.close();
  }

  /** It says no word any more, like a process that was killed. */
  void kill() {
    shares.close();
  }

  private static final AtomicLong ORGANISATION = new AtomicLong();

  /** A name that no test has used. */
  static String fresh() {
    return "o" + ORGANISATION.incrementAndGet();
  }

  /** A key of an organisation with these limits, and more than enough for itself. */
  static Key key(String organisation, Limits ofOrganisation) {
    return key(organisation, "k", Limits.ofRequests(1_000_000), ofOrganisation);
  }

  static Key key(String organisation, String id, Limits ofKey, Limits ofOrganisation) {
    var account =
        new Account(
            "p", organisation, organisation, false, false, 0, ZoneId.of("UTC"), null, null, null);
    return new Key(
        id,
        id,
        "",
        false,
        Key.NEVER,
        account,
        List.of(
            new Scope(Scope.Level.KEY, id, organisation + id, ofKey),
            new Scope(Scope.Level.ORGANISATION, organisation, organisation, ofOrganisation)));
  }

  static InferenceRequest request(int bytes, int maxTokens) {
    return new InferenceRequest(
        "m",
        List.of(),
        true,
        false,
        Sampling.of(Map.of("max_tokens", maxTokens)),
        List.of(),
        Set.of(),
        new byte[0],
        new InferenceRequest.Spans(1, -1, -1, -1, -1, -1, -1),
        new InferenceRequest.Asked.Completion(bytes, 1));
  }
}
