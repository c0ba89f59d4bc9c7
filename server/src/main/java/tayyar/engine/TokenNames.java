package tayyar.engine;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Finds the names of tokens in a text. Filled before it is used, then safe for any thread. */
final class TokenNames {
  /** The sign for a space in vocabularies made by SentencePiece. */
  private static final char SPACE = '\u2581';

  /** A name in a text, from one place up to another. */
  record Found(int from, int to, int token) {
    int length() {
      return to - from;
    }
  }

  /** The ways in which names go on behind the same beginning. */
  private static final class Node {
    private final Map<Character, Node> next = new HashMap<>();
    private int token = -1;
  }

  private final Node root = new Node();

  /** Characters that a name begins with; few places of a text have one. */
  private final BitSet begins = new BitSet();

  void add(String name, int token) {
    put(name, token);
    put(name.replace(SPACE, ' '), token);
  }

  private void put(String name, int token) {
    Node node = root;
    for (int i = 0; i < name.length(); i++) {
      node = node.next.computeIfAbsent(name.charAt(i), c -> new Node());
    }
    if (node != root) {
      node.token = token;
      begins.set(name.charAt(0));
    }
  }

  /** Tells of every place where a name stands, also inside of another, in their order. */
  void in(String text, Consumer<Found> found) {
    for (int from = 0; from < text.length(); from++) {
      if (begins.get(text.charAt(from))) {
        at(text, from, found);
      }
    }
  }

  private void at(String text, int from, Consumer<Found> found) {
    Node node = root;
    for (int i = from; i < text.length(); i++) {
      node = node.next.get(text.charAt(i));
      if (node == null) {
        return;
      }
      if (node.token >= 0) {
        found.accept(new Found(from, i + 1, node.token));
      }
    }
  }
}
