package tayyar.grammar;

import java.util.Map;

/** A form before it becomes a network, so that it can still become a part of another one. */
record Draft(Piece start, Map<String, Piece> rules) {
  /** A form without rules of its own. */
  static Draft of(Piece start) {
    return new Draft(start, Map.of());
  }

  Grammar grammar(String where) {
    return Grammar.of(start, rules, where);
  }
}
