package tayyar.engine;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import tayyar.grammar.Grammar;
import tayyar.grammar.Pieces;
import tayyar.grammar.Place;

/**
 * An answer that is held to a grammar: its next token is drawn as ever, and once more among those
 * that may follow if it may not. Belongs to the engine's thread once it is handed over.
 */
final class Guide {
  private final Grammar grammar;
  private final Pieces pieces;
  private final Place place;
  private final boolean holdsText;
  private final String member;
  private byte[] begun = {};

  /**
   * At its beginning.
   *
   * @param holdsText whether an answer without calls has a form, too
   * @param member what asks for the form
   */
  Guide(Grammar grammar, Pieces pieces, boolean holdsText, String member) {
    this.grammar = grammar;
    this.pieces = pieces;
    this.holdsText = holdsText;
    this.member = member;
    place = new Place(grammar, pieces);
  }

  /** Takes the text that an answer begins with; false if it is not of the form. */
  boolean begins(byte[] utf8) {
    begun = utf8;
    return place.take(utf8);
  }

  /** The member of the request that asks for the form. */
  String member() {
    return member;
  }

  /** Whether an answer without calls has a form, too. */
  boolean holdsText() {
    return holdsText;
  }

  /** The same for another answer, which is as far as the text that it begins with. */
  Guide fresh() {
    var other = new Guide(grammar, pieces, holdsText, member);
    other.begins(begun);
    return other;
  }

  /** Whether a token may follow. */
  boolean allows(int token, Vocabulary vocabulary) {
    return vocabulary.endsAnswer(token) ? place.mayEnd() : place.allows(token);
  }

  /** The bytes that a token stands for. */
  byte[] piece(int token) {
    return pieces.of(token);
  }

  /** Whether nothing may follow but the answer's end. */
  boolean isOver() {
    return place.mustEnd();
  }

  /** Goes on behind a token's text. */
  void take(byte[] piece) {
    if (!place.take(piece)) {
      throw new IllegalStateException("a token that may not follow");
    }
  }

  /** Makes all tokens that may not follow impossible. Returns false where none may. */
  boolean mask(MemorySegment logits, Vocabulary vocabulary) {
    long[] allowed = place.mask();
    boolean any = false;
    for (int token = 0; token < vocabulary.size(); token++) {
      boolean may = (allowed[token >> 6] & 1L << token) != 0;
      if (!may && !(place.mayEnd() && vocabulary.endsAnswer(token))) {
        logits.setAtIndex(JAVA_FLOAT, token, Float.NEGATIVE_INFINITY);
      } else {
        any = true;
      }
    }
    return any;
  }
}
