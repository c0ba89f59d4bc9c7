package tayyar.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tayyar.api.Refused;

/**
 * The nodes of a grammar: a transition network over bytes whose rules call each other. Node 0 ends
 * a rule. Grows while it is built, by one thread; then it is never changed.
 */
final class Net {
  static final int END = 0;

  /** The kinds of nodes. */
  enum Kind {
    /** Ends a rule, or one turn of a repetition. */
    END,
    /** Takes one byte of a set. */
    BYTE,
    /** Goes to either of two nodes. */
    EITHER,
    /** Goes through a rule first. */
    CALL,
    /** Goes through a part from its least to its greatest number of times. */
    REPEAT
  }

  private final int nodesMax;
  private final String where;
  private Kind[] kinds = new Kind[256];
  private int[] inner = new int[256];
  private int[] next = new int[256];
  private int[] least = new int[256];
  private int[] most = new int[256];
  private final List<long[]> sets = new ArrayList<>();
  private int size;

  /** An empty one, whose size is bounded. */
  Net(int nodesMax, String where) {
    this.nodesMax = nodesMax;
    this.where = where;
    add(Kind.END, 0, 0, 0, 0);
  }

  static Refused tooLarge(String where, int nodesMax) {
    return Faults.wrong(where, "is too large: its grammar has more than " + nodesMax + " parts.");
  }

  private int add(Kind kind, int in, int to, int fewest, int greatest) {
    if (size >= nodesMax) {
      throw tooLarge(where, nodesMax);
    }
    if (size == kinds.length) {
      kinds = Arrays.copyOf(kinds, size * 2);
      inner = Arrays.copyOf(inner, size * 2);
      next = Arrays.copyOf(next, size * 2);
      least = Arrays.copyOf(least, size * 2);
      most = Arrays.copyOf(most, size * 2);
    }
    kinds[size] = kind;
    inner[size] = in;
    next[size] = to;
    least[size] = fewest;
    most[size] = greatest;
    return size++;
  }

  /** A node that takes a byte of a range. */
  int bytes(int from, int to, int then) {
    var set = new long[4];
    for (int b = from; b <= to; b++) {
      set[b >> 6] |= 1L << b;
    }
    return bytes(set, then);
  }

  /** A node that takes a byte of a set of 256 bits. */
  int bytes(long[] set, int then) {
    for (int i = Math.max(0, sets.size() - 64); i < sets.size(); i++) {
      if (Arrays.equals(sets.get(i), set)) {
        return add(Kind.BYTE, i, then, 0, 0);
      }
    }
    sets.add(set);
    return add(Kind.BYTE, sets.size() - 1, then, 0, 0);
  }

  int either(int one, int other) {
    return add(Kind.EITHER, one, other, 0, 0);
  }

  /** A node that calls a rule, which is set later by {@link #calls} if it is not yet there. */
  int call(int rule, int then) {
    return add(Kind.CALL, rule, then, 0, 0);
  }

  void calls(int node, int rule) {
    inner[node] = rule;
  }

  int repeat(int part, int fewest, int greatest, int then) {
    return add(Kind.REPEAT, part, then, fewest, greatest);
  }

  /** The bytes of its arrays: four numbers and a reference a node, and the sets. */
  long bytes() {
    return kinds.length * 20L + sets.size() * 56L;
  }

  int size() {
    return size;
  }

  Kind kind(int node) {
    return kinds[node];
  }

  int inner(int node) {
    return inner[node];
  }

  int next(int node) {
    return next[node];
  }

  int least(int node) {
    return least[node];
  }

  int most(int node) {
    return most[node];
  }

  boolean takes(int node, int b) {
    return (sets.get(inner[node])[b >> 6] & 1L << b) != 0;
  }
}
