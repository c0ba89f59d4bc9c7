package tayyar.bench;

import org.jspecify.annotations.Nullable;

/** The present state of one lane. */
final class Pulse {
  long completed;
  long failed;
  long events;
  int underWay;
  Counts recent = new Counts(Times.small());

  /** A copy for another thread. */
  Pulse now(int under, @Nullable Counts newest) {
    Pulse copy = new Pulse();
    copy.completed = completed;
    copy.failed = failed;
    copy.events = events;
    copy.underWay = under;
    if (newest != null) {
      copy.recent.add(newest);
    }
    return copy;
  }

  /** Requests that are over, well or not. */
  long over() {
    return completed + failed;
  }

  void add(Pulse other) {
    completed += other.completed;
    failed += other.failed;
    events += other.events;
    underWay += other.underWay;
    recent.add(other.recent);
  }
}
