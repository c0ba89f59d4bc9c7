package tayyar.routing;

import tayyar.api.Bounds;
import tayyar.api.Target;

/**
 * A place at a target, taken until {@link #ended}. Used by one thread at a time; its holder must
 * end it.
 */
public final class Try {
  private final Pool pool;
  private final Replica replica;
  private final Ask ask;
  private final boolean trial;
  private final long startedNanos;
  private final boolean whole;
  private boolean began;
  private boolean ended;
  private Runnable afterwards = () -> {};

  Try(Pool pool, Replica replica, Ask ask, boolean trial, long startedNanos) {
    this.pool = pool;
    this.replica = replica;
    this.ask = ask;
    this.trial = trial;
    this.startedNanos = startedNanos;
    this.whole = pool.asksWhole(ask);
  }

  /** The server to ask. */
  public Target target() {
    return replica.target();
  }

  /** Id of the model that answers; a fallback's where it is one. */
  public String modelId() {
    return pool.modelId();
  }

  /** The deadlines of that model. */
  public Bounds bounds() {
    return pool.bounds();
  }

  /** Whether the answer is to be asked for as one document, not as a stream. */
  public boolean whole() {
    return whole;
  }

  /** The first token has come, or the whole answer. Later calls do nothing. */
  public void began() {
    if (!began && !ended) {
      began = true;
      pool.began(replica, ask, startedNanos, trial, whole);
    }
  }

  /** Does something once, when it ends. Called before that, at most once. */
  public void afterwards(Runnable then) {
    afterwards = then;
  }

  /** Ends it and frees the place. Later calls do nothing. */
  public void ended(Verdict verdict) {
    if (!ended) {
      ended = true;
      pool.ended(replica, verdict, trial && !began);
      afterwards.run();
    }
  }
}
