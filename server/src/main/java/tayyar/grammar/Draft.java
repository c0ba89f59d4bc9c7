package tayyar.grammar;

import java.util.Map;

/** A form before it becomes a grammar, so that it can still become a part of another one. */
public final class Draft {
  private final Piece start;
  private final Map<String, Piece> rules;

  Draft(Piece start, Map<String, Piece> rules) {
    this.start = start;
    this.rules = rules;
  }

  /** A form without rules of its own. */
  static Draft of(Piece start) {
    return new Draft(start, Map.of());
  }

  Piece start() {
    return start;
  }

  Map<String, Piece> rules() {
    return rules;
  }

  /**
   * Returns its grammar. Takes its time.
   *
   * @param where the place in the request, for errors
   * @throws tayyar.api.Refused if it is too large, or can't be met
   */
  public Grammar grammar(String where) {
    return Grammar.of(start, rules, where);
  }
}
