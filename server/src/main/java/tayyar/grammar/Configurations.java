package tayyar.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where an answer may be in a network: nodes that take a byte, each with the calls it is in.
 * Numbers the stacks of calls, so that a configuration is one long. Belongs to one thread.
 */
final class Configurations {
  /**
   * Of one state; of more the first are kept. Each of them leads to an end, so the answer keeps its
   * form, but not each way to it is found.
   */
  static final int MAX = 1_024;

  /**
   * Nodes that are gone through for one byte; a grammar that may be empty in many ways has more.
   */
  static final int SEEN_MAX = 8_192;

  private static final int OUTSIDE = 0;

  private final Net net;
  private final NetFacts facts;
  private final int start;
  private final Map<Frame, Integer> numbers = new HashMap<>();
  private final List<Frame> frames = new ArrayList<>();
  private final Longs open = new Longs();
  private final Longs seen = new Longs();
  private final Longs found = new Longs();
  private boolean mayEnd;
  private long work;

  /** A call under way, or a repetition with the turns done; in another one. */
  private record Frame(int node, int turns, int outer) {}

  /** A state's configurations, sorted, and whether the answer may end in it. */
  @SuppressWarnings("ArrayRecordComponent") // its equals compares what is in it
  record Key(long[] configurations, boolean mayEnd) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key(long[] its, boolean end)
          && end == mayEnd
          && Arrays.equals(its, configurations);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(configurations) * 2 + (mayEnd ? 1 : 0);
    }
  }

  Configurations(Grammar grammar) {
    net = grammar.net();
    facts = grammar.facts();
    start = grammar.start();
    clear();
  }

  private void clear() {
    numbers.clear();
    frames.clear();
    frames.add(new Frame(-1, 0, -1));
  }

  /** The configurations that were looked at so far. */
  long work() {
    return work;
  }

  Key begin() {
    reset();
    open(start, OUTSIDE);
    return closed();
  }

  /** The state behind a byte. */
  Key behind(long[] configurations, int b) {
    reset();
    for (long each : configurations) {
      work++;
      int node = (int) (each >> 32);
      if (net.takes(node, b)) {
        open(net.next(node), (int) each);
      }
    }
    return closed();
  }

  /** Numbers the stacks anew, and keeps those of one state. */
  Key forgetAllBut(long[] configurations, boolean end) {
    List<Frame> old = List.copyOf(frames);
    clear();
    long[] kept = configurations.clone();
    for (int i = 0; i < kept.length; i++) {
      kept[i] = packed((int) (kept[i] >> 32), renumbered(old, (int) kept[i]));
    }
    Arrays.sort(kept);
    return new Key(kept, end);
  }

  private int renumbered(List<Frame> old, int stack) {
    var up = new ArrayList<Frame>();
    for (int at = stack; at != OUTSIDE; at = old.get(at).outer()) {
      up.add(old.get(at));
    }
    int number = OUTSIDE;
    for (int i = up.size() - 1; i >= 0; i--) {
      number = number(up.get(i).node(), up.get(i).turns(), number);
    }
    return number;
  }

  private void reset() {
    open.clear();
    seen.clear();
    found.clear();
    mayEnd = false;
  }

  private static long packed(int node, int stack) {
    return (long) node << 32 | stack;
  }

  private void open(int node, int stack) {
    long packed = packed(node, stack);
    if (facts.productive(node) && seen.addNew(packed)) {
      open.add(packed);
    }
  }

  private Key closed() {
    while (open.size() > 0 && found.size() < MAX && seen.size() < seenMax()) {
      long each = open.removeLast();
      work++;
      int node = (int) (each >> 32);
      int stack = (int) each;
      switch (net.kind(node)) {
        case BYTE -> found.add(each);
        case EITHER -> {
          open(net.next(node), stack);
          open(net.inner(node), stack);
        }
        case CALL -> {
          boolean last = net.next(node) == Net.END;
          open(net.inner(node), last ? stack : number(node, 0, stack));
        }
        case REPEAT -> turn(node, 0, stack);
        case END -> end(stack);
      }
    }
    return new Key(found.sorted(), mayEnd);
  }

  /** A way that is found late is better than none. */
  private int seenMax() {
    return found.size() == 0 && !mayEnd ? Grammar.NODES_MAX : SEEN_MAX;
  }

  private void end(int stack) {
    if (stack == OUTSIDE) {
      mayEnd = true;
      return;
    }
    Frame frame = frames.get(stack);
    if (net.kind(frame.node()) == Net.Kind.CALL) {
      open(net.next(frame.node()), frame.outer());
    } else {
      turn(frame.node(), frame.turns() + 1, frame.outer());
    }
  }

  /** A repetition with so many turns done: goes on, or out of it. */
  private void turn(int node, int turns, int outer) {
    int least = net.least(node);
    int most = net.most(node);
    if (turns >= least || facts.nullable(net.inner(node))) {
      open(net.next(node), outer);
    }
    if (turns < most && facts.productive(net.inner(node))) {
      // Without an upper limit, only the turns that are still needed count.
      int counted = most == Piece.ENDLESS ? Math.min(turns, least) : turns;
      open(net.inner(node), number(node, counted, outer));
    }
  }

  private int number(int node, int turns, int outer) {
    var frame = new Frame(node, turns, outer);
    Integer known = numbers.putIfAbsent(frame, frames.size());
    if (known != null) {
      return known;
    }
    frames.add(frame);
    return frames.size() - 1;
  }
}
