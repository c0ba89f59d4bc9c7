package tayyar.upstream;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** Those that wait for one event, each on an executor of its own. Guarded by its owner's lock. */
final class Waiters {
  private final List<Waiter> all = new ArrayList<>();

  /** Somebody who waits. */
  record Waiter(Executor executor, Runnable then) {
    void call() {
      executor.execute(then);
    }
  }

  void add(Executor executor, Runnable then) {
    all.add(new Waiter(executor, then));
  }

  /** Those who wait, who do so no longer; to be called without the lock. */
  List<Waiter> take() {
    List<Waiter> due = List.copyOf(all);
    all.clear();
    return due;
  }
}
