package tayyar.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.Target;

/**
 * The tries of one request: the targets of its model, best first and each at most once, then those
 * of the fallback models. Used on one thread, the executor's.
 */
public final class Route {
  private final Pool asked;
  private final List<Pool> pools;
  private final Ask ask;
  private final List<Target> tried = new ArrayList<>(2);
  private final Executor loop;
  private int at;
  private boolean stays;
  private boolean cancelled;
  private @Nullable ApiError why;
  private @Nullable Waiter waiter;

  /**
   * A route.
   *
   * @param asked the model that was asked for, which need not be one of those that may answer
   * @param pools these, in order; at least one
   */
  Route(Pool asked, List<Pool> pools, Ask ask, Executor loop) {
    this.asked = asked;
    this.pools = pools;
    this.ask = ask;
    this.loop = loop;
  }

  /** The deadlines of the model that was asked for. */
  public Bounds bounds() {
    return asked.bounds();
  }

  /** Whether that model's broken answers may go on at another target. */
  public boolean continues() {
    return asked.continues();
  }

  /** Whether the last try belongs to a fallback model, be it the first one. */
  public boolean fellBack() {
    return pools.get(at) != asked;
  }

  /** Restricts further tries to the model that was tried last. */
  public void stay() {
    stays = true;
  }

  /**
   * Gives the next try. The caller must end it.
   *
   * @param then told once, on the executor, where the answer is {@link Next.Waiting}
   */
  public Next next(Consumer<Next> then) {
    while (true) {
      Pool pool = pools.get(at);
      var asking = new Waiter(ask, tried, loop, next -> answered(next, then));
      Next next = pool.take(asking);
      switch (next) {
        case Next.Go go -> {
          tried.add(go.taken().target());
          return go;
        }
        case Next.Waiting _ -> {
          waiter = asking;
          return next;
        }
        case Next.Over over -> {
          why = why == null ? over.why() : why;
          if (stays || at + 1 == pools.size()) {
            return new Next.Over(why);
          }
          at++;
        }
      }
    }
  }

  private void answered(Next next, Consumer<Next> then) {
    if (cancelled) {
      return;
    }
    waiter = null;
    Next mine = next;
    switch (next) {
      case Next.Go go -> tried.add(go.taken().target());
      case Next.Over over -> mine = next(then);
      case Next.Waiting _ -> throw new IllegalStateException("told to wait twice");
    }
    if (!(mine instanceof Next.Waiting)) {
      then.accept(mine);
    }
  }

  /** Leaves the queue. An earlier try goes on. */
  public void cancel() {
    cancelled = true;
    Waiter asking = waiter;
    waiter = null;
    if (asking != null) {
      pools.get(at).leave(asking);
    }
  }
}
