package tayyar.limits;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.LimitFault;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.api.Scope;
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

  Permit(Limiter limiter, List<Scope> scopes, Holder[] holders, Holders lock) {
    this.limiter = limiter;
    this.scopes = scopes;
    this.holders = holders;
    this.lock = lock;
  }

  /** Counts the request; the caller has the lock. */
  void begin() {
    for (int i = 0; i < holders.length; i++) {
      if (isFirst(i)) {
        holders[i].begin();
      }
    }
  }

  /** A plan's scope counts its organisation's requests, like the organisation's own. */
  private boolean isFirst(int index) {
    return index == 0 || holders[index] != holders[index - 1];
  }

  /**
   * Takes the tokens that the request probably needs: its prompt's and its answer's first ones.
   * Later calls take no more.
   *
   * @return the strictest limit of tokens, or null where there is none
   * @throws Refused if a limit leaves fewer than that
   */
  public @Nullable Left reserve(InferenceRequest request) {
    if (!countsTokens()) {
      return null;
    }
    long prompt = Math.ceilDiv(request.inputBytes(), BYTES_A_TOKEN);
    long second = limiter.second();
    synchronized (lock) {
      advance(second);
      if (tokens >= 0) {
        return left();
      }
      long wanted = prompt + expected(request);
      LimitFault refusal = refusal(prompt, wanted);
      if (refusal != null) {
        throw new Refused(new ApiError.OfLimit(refusal));
      }
      tokensAt = count(wanted);
      tokens = wanted;
      return left();
    }
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
    }
    return refusal;
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
    Window strictest = null;
    long limit = 0;
    for (int i = 0; i < holders.length; i++) {
      int most = scopes.get(i).limits().tokensPerMinute();
      Window its = holders[i].tokens();
      if (most > 0 && (strictest == null || Left.isStricter(most, its, limit, strictest))) {
        strictest = its;
        limit = most;
      }
    }
    return strictest == null ? null : Left.of(limit, strictest);
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
      if (tokens >= 0) {
        advance(second);
        correct(used.totalTokens() - tokens);
      }
      end();
    }
  }

  private void correct(long more) {
    if (more >= 0) {
      count(more);
      return;
    }
    for (int i = 0; i < holders.length; i++) {
      if (isFirst(i)) {
        holders[i].tokens().giveBack(tokensAt, -more);
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
