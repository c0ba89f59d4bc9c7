package tayyar;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.Target;
import tayyar.upstream.Worker;

/** The workers of the embedded models, by their targets. Safe for use by any thread. */
final class Workers {
  private final Map<Target, Worker> all = new HashMap<>();

  /** Those of these models; none of them is started. */
  Workers(List<Offer> offers) {
    for (Offer offer : offers) {
      if (offer instanceof Offer.Embedded embedded) {
        all.put(embedded.worker().target(), embedded.worker());
      }
    }
  }

  void start() {
    all.values().forEach(Worker::start);
  }

  /** The one behind a target, or null where that is no worker. */
  @Nullable Worker at(Target target) {
    return all.get(target);
  }

  boolean areReady() {
    return all.values().stream().allMatch(Worker::ready);
  }

  /** See {@link Gateway#awaitReady}. */
  String awaitReady(Duration most) throws InterruptedException {
    for (Worker worker : all.values()) {
      String why = worker.awaitReady(most);
      if (!why.isEmpty()) {
        return why;
      }
    }
    return "";
  }

  /** A number that each worker tells of itself, of all together. */
  long stat(String name) {
    return all.values().stream().mapToLong(worker -> worker.stat(name)).sum();
  }

  long restarts() {
    return all.values().stream().mapToLong(Worker::restarts).sum();
  }

  List<Long> pids() {
    return all.values().stream().map(Worker::pid).filter(pid -> pid > 0).toList();
  }

  void close() {
    all.values().forEach(Worker::close);
  }
}
