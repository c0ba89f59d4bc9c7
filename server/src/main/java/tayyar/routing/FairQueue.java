package tayyar.routing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The requests that wait, in one line for each key. The lines take turns, so that a key with a
 * hundred requests does not stand before a key with a single one. Not safe for use by more than one
 * thread.
 */
final class FairQueue {
  private final Map<String, ArrayDeque<Waiter>> lines = new LinkedHashMap<>();
  private int size;

  int size() {
    return size;
  }

  void add(Waiter waiter) {
    lines.computeIfAbsent(waiter.keyId(), key -> new ArrayDeque<>()).add(waiter);
    size++;
  }

  boolean remove(Waiter waiter) {
    ArrayDeque<Waiter> line = lines.get(waiter.keyId());
    if (line == null || !line.remove(waiter)) {
      return false;
    }
    size--;
    if (line.isEmpty()) {
      lines.remove(waiter.keyId());
    }
    return true;
  }

  /** The first of each line, in the order of their turns. */
  List<Waiter> heads() {
    var heads = new ArrayList<Waiter>(lines.size());
    lines.values().forEach(line -> heads.add(line.getFirst()));
    return heads;
  }

  /** Takes a head out of its line; the line goes behind the others. */
  void served(Waiter head) {
    ArrayDeque<Waiter> line = lines.get(head.keyId());
    if (remove(head) && line != null && !line.isEmpty()) {
      lines.remove(head.keyId());
      lines.put(head.keyId(), line);
    }
  }
}
