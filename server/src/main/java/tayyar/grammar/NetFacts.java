package tayyar.grammar;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/** What is true of each node of a network, found once. */
final class NetFacts {
  /** Turns of a part that may be empty: each is a place of its own. */
  private static final int EMPTY_TURNS_MAX = 16;

  private final Net net;
  private final BitSet productive = new BitSet();
  private final BitSet nullable = new BitSet();

  /**
   * Finds it.
   *
   * @throws tayyar.api.Refused if a rule calls itself before it takes a byte
   */
  NetFacts(Net net, String where) {
    this.net = net;
    var users = new Users();
    users.spread(productive, this::isProductive);
    users.spread(nullable, this::isNullable);
    for (int node = 0; node < net.size(); node++) {
      if (net.kind(node) == Net.Kind.REPEAT && nullable.get(net.inner(node))) {
        int most = net.most(node);
        if (most != Piece.ENDLESS && most > EMPTY_TURNS_MAX) {
          throw Faults.wrong(
              where, "repeats what may be empty more than " + EMPTY_TURNS_MAX + " times.");
        }
      }
    }
    new Cycles().find(where);
  }

  private boolean isProductive(int node) {
    return switch (net.kind(node)) {
      case END -> true;
      case BYTE -> takesAny(node) && productive.get(net.next(node));
      case EITHER -> productive.get(net.inner(node)) || productive.get(net.next(node));
      case CALL -> productive.get(net.inner(node)) && productive.get(net.next(node));
      case REPEAT ->
          (net.least(node) == 0 || productive.get(net.inner(node)))
              && productive.get(net.next(node));
    };
  }

  private boolean takesAny(int node) {
    for (int b = 0; b < 256; b++) {
      if (net.takes(node, b)) {
        return true;
      }
    }
    return false;
  }

  private boolean isNullable(int node) {
    return switch (net.kind(node)) {
      case END -> true;
      case BYTE -> false;
      case EITHER -> nullable.get(net.inner(node)) || nullable.get(net.next(node));
      case CALL -> nullable.get(net.inner(node)) && nullable.get(net.next(node));
      case REPEAT ->
          (net.least(node) == 0 || nullable.get(net.inner(node))) && nullable.get(net.next(node));
    };
  }

  /** Whether some text leads from it to the end of its rule. */
  boolean productive(int node) {
    return productive.get(node);
  }

  /** Whether the empty text does. */
  boolean nullable(int node) {
    return nullable.get(node);
  }

  /** The nodes whose facts follow from a node's: a fact spreads to them, once to each. */
  private final class Users {
    /** Where a node's users begin, and behind the last node where all end. */
    private final int[] from = new int[net.size() + 1];

    private final int[] users;

    Users() {
      for (int node = 0; node < net.size(); node++) {
        each(node, used -> from[used + 1]++);
      }
      for (int node = 0; node < net.size(); node++) {
        from[node + 1] += from[node];
      }
      users = new int[from[net.size()]];
      int[] at = from.clone();
      for (int node = 0; node < net.size(); node++) {
        int user = node;
        each(node, used -> users[at[used]++] = user);
      }
    }

    private void each(int node, IntConsumer used) {
      switch (net.kind(node)) {
        case END -> {}
        case BYTE -> used.accept(net.next(node));
        case EITHER, CALL, REPEAT -> {
          used.accept(net.inner(node));
          used.accept(net.next(node));
        }
      }
    }

    void spread(BitSet facts, IntPredicate is) {
      var open = new ArrayDeque<Integer>();
      for (int node = 0; node < net.size(); node++) {
        learn(facts, is, node, open);
        while (!open.isEmpty()) {
          int known = open.remove();
          for (int i = from[known]; i < from[known + 1]; i++) {
            learn(facts, is, users[i], open);
          }
        }
      }
    }

    private static void learn(BitSet facts, IntPredicate is, int node, ArrayDeque<Integer> open) {
      if (!facts.get(node) && is.test(node)) {
        facts.set(node);
        open.add(node);
      }
    }
  }

  /** Ways from a node to itself that take no byte. */
  private final class Cycles {
    private final byte[] state = new byte[net.size()];
    private final int[] path = new int[net.size() + 1];
    private int depth;

    void find(String where) {
      for (int node = 0; node < net.size(); node++) {
        if (state[node] == 0 && walks(node)) {
          throw Faults.wrong(where, "has a rule that begins with itself.");
        }
      }
    }

    private boolean walks(int from) {
      depth = 0;
      path[depth++] = from;
      state[from] = 1;
      while (depth > 0) {
        int node = path[depth - 1];
        int to = unseen(node);
        if (to == -1) {
          state[node] = 4;
          depth--;
        } else if (state[to] == 0) {
          state[to] = 1;
          path[depth++] = to;
        } else if (state[to] < 4) {
          return true;
        }
      }
      return false;
    }

    /** The next node behind this one that is not done; its state counts those looked at. */
    private int unseen(int node) {
      while (state[node] < 3) {
        int to = state[node]++ == 1 ? first(node) : second(node);
        if (to >= 0 && state[to] != 4) {
          return to;
        }
      }
      return -1;
    }

    private int first(int node) {
      return switch (net.kind(node)) {
        case END, BYTE -> -1;
        case EITHER, CALL, REPEAT -> net.inner(node);
      };
    }

    private int second(int node) {
      return switch (net.kind(node)) {
        case END, BYTE -> -1;
        case EITHER -> net.next(node);
        case CALL -> nullable.get(net.inner(node)) ? net.next(node) : -1;
        case REPEAT -> net.least(node) == 0 || nullable.get(net.inner(node)) ? net.next(node) : -1;
      };
    }
  }
}
