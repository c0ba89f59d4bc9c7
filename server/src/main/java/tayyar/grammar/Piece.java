package tayyar.grammar;

import java.util.List;

/** A piece of a grammar: a set of texts. */
sealed interface Piece {
  /** Stands for no limit of a repetition. */
  int ENDLESS = Integer.MAX_VALUE;

  /** The empty text alone. */
  Piece EMPTY = new Seq(List.of());

  /** No text at all. */
  Piece NOTHING = new Any(List.of());

  /** One text. */
  record Text(String text) implements Piece {}

  /** Each character of a set. */
  record Chars(CharSet set) implements Piece {}

  /** One after the other. */
  record Seq(List<Piece> parts) implements Piece {}

  /** One of these. */
  record Any(List<Piece> parts) implements Piece {}

  /** The rule of this name. */
  record Ref(String rule) implements Piece {}

  /** A piece, repeated; {@link #ENDLESS} is no limit. */
  record Times(Piece part, int least, int most) implements Piece {}

  /** These texts or pieces, one after the other. */
  static Piece seq(Object... parts) {
    return new Seq(List.of(parts).stream().map(Piece::piece).toList());
  }

  /** One of these texts or pieces. */
  static Piece any(Object... parts) {
    return new Any(List.of(parts).stream().map(Piece::piece).toList());
  }

  /** A piece that may be left out. */
  static Piece maybe(Object part) {
    return new Times(piece(part), 0, 1);
  }

  private static Piece piece(Object part) {
    return part instanceof String text ? new Text(text) : (Piece) part;
  }
}
