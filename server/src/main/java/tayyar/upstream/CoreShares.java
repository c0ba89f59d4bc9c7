package tayyar.upstream;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import tayyar.upstream.Resident.State;

/**
 * How engines that compute at once share the cores. The threads of one engine wait for each other
 * by spinning, so more threads than cores would hold up all of them. Those that answer have the
 * threads among them, each at least one; whoever answers alone has all.
 */
final class CoreShares {
  private CoreShares() {}

  /**
   * What is to be told, each to a worker that may block for a moment.
   *
   * @param all whose states are guarded by the caller
   * @param threads of all together
   */
  static List<Runnable> due(Collection<Resident> all, int threads) {
    List<Resident> busy =
        all.stream().filter(its -> its.state == State.READY && its.users > 0).toList();
    List<Runnable> due = new ArrayList<>();
    for (int i = 0; i < busy.size(); i++) {
      Worker worker = busy.get(i).worker();
      int more = i < threads % busy.size() ? 1 : 0;
      int share = Math.max(1, threads / busy.size() + more);
      if (worker != null && worker.given() != share) {
        due.add(() -> worker.give(share));
      }
    }
    return due;
  }
}
