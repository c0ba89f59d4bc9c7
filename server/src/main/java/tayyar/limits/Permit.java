package tayyar.limits;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.LimitFault;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.api.Scope;
import tayyar.api.Undecided;
import tayyar.api.Usage;

/**
 * A place among the requests under way, the tokens that the request may take of its minute, and the
 * memory it holds. All is given back by {@link #close()}. Any thread may use it; only the first
 * close counts, and nothing is taken after it.
 */
public final class Permit implements Room, AutoCloseable {
  /**
   * The tokens of an answer that are counted at once where the client allows for more, or does not
   * say. A longer answer counts its rest at its end.
   */
  static final int EXPECTED_TOKENS = 1024;

  private static final int BYTES_A_TOKEN = 4;

  private final Limiter limiter;
  private final List<Scope> scopes;
  private final Holder[] holders;
  private final Holders lock;
  private long taken;
  private long tokens = -1;
  private long tokensAt;
  private boolean closed;

  /** Null where nothing is shared: a request then costs nothing for it. */
  private @Nullable Shared shared;

  /** What the shared counters are asked for: to be let in, and its tokens. */
  private static final class Shared {
    final long beganAt;
    @Nullable Want entry;
    @Nullable Want ofTokens;
    boolean uncounted;

    Shared(long beganAt) {
      this.beganAt = beganAt;
    }
  }

  Permit(Limiter limiter, List<Scope> scopes, Holder[] holders, Holders lock) {
    this.limiter = limiter;
    this.scopes = scopes;
    this.holders = holders;
    this.lock = lock;
  }

  /** Counts the request; the caller has the lock. */
  void begin() {
    long at = 0;
    for (int i = 0; i < holders.length; i++) {
      if (isFirst(i)) {
        at = holders[i].begin();
      }
    }
    if (lock.turn() != null) {
      Shared its = new Shared(at);
      shared = its;
      its.entry = want(-1);
    }
  }

  private @Nullable Want entry() {
    Shared its = shared;
    return its == null ? null : its.entry;
  }

  private @Nullable Want ofTokens() {
    Shared its = shared;
    return its == null ? null : its.ofTokens;
  }

  /** Asks the shared counters, where there are any. */
  private @Nullable Want want(long tokensOrNone) {
    Sharing sharing = limiter.sharing();
    Turn turn = lock.turn();
    return sharing == null || turn == null
        ? null
        : sharing.want(scopes, holders, tokensOrNone, this, turn);
  }

  /** Whether it is not known yet whether the request is let in. */
  boolean waits() {
    Want want = entry();
    synchronized (lock) {
      return want != null && want.state() == Want.State.WAITING;
    }
  }

  /**
   * What the limits of requests leave now where gateways share them, or else what they left at its
   * beginning; null where there are none.
   *
   * @param atBegin what its admission said
   */
  public @Nullable Left requestsLeft(@Nullable Left atBegin) {
    if (shared == null) {
      return atBegin;
    }
    synchronized (lock) {
      return Left.strictest(Kind.REQUESTS, scopes, holders, limiter.sharing());
    }
  }

  /** A plan's scope counts its organisation's requests, like the organisation's own. */
  private boolean isFirst(int index) {
    return index == 0 || holders[index] != holders[index - 1];
  }

  /**
   * Makes sure that the request is let in, for one that takes no tokens.
   *
   * @throws Refused if the shared counters refuse the request
   * @throws Undecided if these have not answered yet; the same call is to be made again
   */
  public void enter() {
    decide(entry());
  }

  /**
   * Takes the tokens that the request probably needs: its prompt's and its answer's first ones.
   * Later calls take no more.
   *
   * @return the strictest limit of tokens, or null where there is none
   * @throws Refused if a limit leaves fewer than that, or the shared counters refuse the request
   * @throws Undecided if these have not answered yet; the same call is to be made again
   */
  public @Nullable Left reserve(InferenceRequest request) {
    decide(entry());
    if (!countsTokens()) {
      return null;
    }
    decide(ofTokens());
    long second = limiter.second();
    synchronized (lock) {
      advance(second);
      if (tokens < 0) {
        take(request);
      }
      Want want = ofTokens();
      if (want == null || want.state() == Want.State.GRANTED) {
        return left();
      }
    }
    Objects.requireNonNull(lock.turn()).send();
    decide(ofTokens());
    synchronized (lock) {
      return left();
    }
  }

  private void take(InferenceRequest request) {
    long prompt = Math.ceilDiv(request.inputBytes(), BYTES_A_TOKEN);
    long wanted = prompt + expected(request);
    LimitFault refusal = refusal(prompt, wanted);
    if (refusal != null) {
      throw new Refused(new ApiError.OfLimit(refusal));
    }
    tokensAt = count(wanted);
    tokens = wanted;
    Shared its = shared;
    if (its != null) {
      its.ofTokens = want(wanted);
    }
  }

  /** Goes on only where the shared counters have granted it, or nobody shares. */
  private void decide(@Nullable Want want) {
    Sharing sharing = limiter.sharing();
    Turn turn = lock.turn();
    if (want == null || sharing == null || turn == null) {
      return;
    }
    synchronized (lock) {
      long now = sharing.now();
      if (want.state() == Want.State.WAITING && now - want.untilNanos() >= 0) {
        turn.late(want, now);
      }
      if (want.state() == Want.State.WAITING) {
        throw new Undecided(want.untilNanos(), again -> whenDecided(want, again));
      }
      LimitFault fault = want.fault();
      if (fault != null) {
        throw new Refused(new ApiError.OfLimit(fault));
      }
    }
  }

  private void whenDecided(Want want, Runnable again) {
    synchronized (lock) {
      if (want.state() == Want.State.WAITING) {
        want.whenDecided(again);
        return;
      }
    }
    again.run();
  }

  /** The shared counters have refused it, so it counts here as little; the caller has the lock. */
  void refused(Want want) {
    if (want.wanted() < 0) {
      uncount();
    } else {
      giveBack(tokens);
      tokens = -1;
    }
  }

  private void uncount() {
    Shared its = Objects.requireNonNull(shared);
    for (int i = 0; i < holders.length; i++) {
      if (isFirst(i)) {
        holders[i].unbegin(its.beganAt);
      }
    }
    its.uncounted = true;
  }

  private boolean countsTokens() {
    for (Scope scope : scopes) {
      if (scope.limits().tokensPerMinute() > 0) {
        return true;
      }
    }
    return false;
  }

  private static int expected(InferenceRequest request) {
    if (request.endpoint() == Endpoint.EMBEDDINGS) {
      return 0;
    }
    Integer most = request.sampling().maxTokens();
    return most == null ? EXPECTED_TOKENS : Math.min(most, EXPECTED_TOKENS);
  }

  /** A request may have what is left by nobody else, also where that is less than it expects. */
  private @Nullable LimitFault refusal(long prompt, long wanted) {
    LimitFault refusal = null;
    for (int i = 0; i < holders.length; i++) {
      int most = scopes.get(i).limits().tokensPerMinute();
      if (most > 0 && prompt > most) {
        return new LimitFault.TokensOfRequest(scopes.get(i), most);
      }
      Window window = holders[i].tokens();
      long rest = most - Math.min(most, wanted);
      if (most > 0 && window.total() > rest) {
        LimitFault its = new LimitFault.Tokens(scopes.get(i), wanted, window.secondsUntil(rest));
        refusal = Limiter.later(refusal, its);
      }
      if (limiter.sharing() != null) {
        refusal = Limiter.later(refusal, known(scopes.get(i), holders[i], wanted));
      }
    }
    return refusal;
  }

  private @Nullable LimitFault known(Scope scope, Holder holder, long wanted) {
    long need = Math.min(scope.limits().tokensPerMinute(), wanted);
    return Objects.requireNonNull(limiter.sharing())
        .refusal(scope, holder, Kind.TOKENS, need, wanted);
  }

  private long count(long many) {
    long second = 0;
    for (int i = 0; i < holders.length; i++) {
      if (isFirst(i)) {
        second = holders[i].tokens().count(many);
      }
    }
    return second;
  }

  private @Nullable Left left() {
    return Left.strictest(Kind.TOKENS, scopes, holders, limiter.sharing());
  }

  private void advance(long second) {
    for (Holder holder : holders) {
      holder.advance(second);
    }
  }

  @Override
  public synchronized boolean take(long bytes) {
    if (closed || !limiter.budget().take(holders[0].memory(), bytes)) {
      return false;
    }
    taken += bytes;
    return true;
  }

  @Override
  public synchronized void give(long bytes) {
    if (!closed) {
      taken -= bytes;
      limiter.budget().give(holders[0].memory(), bytes);
    }
  }

  /** Tokens that were reserved are given back. */
  @Override
  public void close() {
    close(Usage.NONE);
  }

  /** The request has taken these tokens in the end: they count instead of those reserved. */
  public synchronized void close(Usage used) {
    if (closed) {
      return;
    }
    closed = true;
    limiter.budget().give(holders[0].memory(), taken);
    limiter.closed();
    long second = limiter.second();
    synchronized (lock) {
      settle(entry(), 0);
      settle(ofTokens(), used.totalTokens());
      if (tokens >= 0) {
        advance(second);
        correct(used.totalTokens() - tokens);
      }
      if (shared == null || !shared.uncounted) {
        end();
      }
    }
  }

  /** Tells the shared counters what was used in the end. */
  private void settle(@Nullable Want want, long used) {
    Sharing sharing = limiter.sharing();
    Turn turn = lock.turn();
    if (want == null || sharing == null || turn == null) {
      return;
    }
    if (want.state() == Want.State.WAITING) {
      turn.cancel(want);
    } else if (want.state() == Want.State.GRANTED) {
      want.settle(used, turn, sharing.now());
    }
  }

  private void correct(long more) {
    if (more >= 0) {
      count(more);
    } else {
      giveBack(-more);
    }
  }

  private void giveBack(long many) {
    for (int i = 0; i < holders.length; i++) {
      if (isFirst(i)) {
        holders[i].tokens().giveBack(tokensAt, many);
      }
    }
  }

  private void end() {
    for (int i = 0; i < holders.length; i++) {
      if (isFirst(i)) {
        holders[i].end();
      }
    }
  }
}
