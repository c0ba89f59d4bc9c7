package tayyar.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the names of tokens in a text. Filled before it is used, then safe for any thread. */
final class TokenNames {
  /** How vocabularies made by SentencePiece write a space. */
  private static final char SPACE = '\u2581';

  /** A name in a text, from one place up to another. */
  record Found(int from, int to, int token) {
    int length() {
      return to - from;
    }
  }

  /** What names go on with behind the same beginning. */
  private static final class Node {
    private final Map<Character, Node> next = new HashMap<>();
    private int token = -1;
  }

  private final Node root = new Node();

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
    }
  }

  /** Every place where a name stands, also inside of another, in their order. */
  List<Found> in(String text) {
    var all = new ArrayList<Found>();
    for (int from = 0; from < text.length(); from++) {
      Node node = root;
      for (int i = from; i < text.length(); i++) {
        node = node.next.get(text.charAt(i));
        if (node == null) {
          break;
        }
        if (node.token >= 0) {
          all.add(new Found(from, i + 1, node.token));
        }
      }
    }
    return all;
  }
}
