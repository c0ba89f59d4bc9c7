package tayyar.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tayyar.grammar.Piece.Any;
import tayyar.grammar.Piece.Chars;
import tayyar.grammar.Piece.Ref;
import tayyar.grammar.Piece.Seq;
import tayyar.grammar.Piece.Text;
import tayyar.grammar.Piece.Times;

/** Pieces of what stands around a call's parts. */
final class Literals {
  private static final int ID_CHARS_MAX = 40;
  private static final int NUMBER_DIGITS_MAX = 4;
  private static final Chars ID =
      new Chars(CharSet.of('a', 'z', 'A', 'Z', '0', '9', '_', '_', '-', '-'));

  private Literals() {}

  /** What a shape says, with any blanks where blanks may stand. */
  static Piece literal(String text) {
    List<Piece> all = new ArrayList<>();
    var run = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean close = "}]".indexOf(c) >= 0 && (i == 0 || "}]".indexOf(text.charAt(i - 1)) >= 0);
      if (Blanks.is(c) || c == CallShape.ID || c == CallShape.NUMBER || close) {
        flush(run, all);
      }
      if (c == CallShape.ID) {
        all.add(new Times(ID, 1, ID_CHARS_MAX));
      } else if (c == CallShape.NUMBER) {
        all.add(new Times(JsonPieces.DIGIT, 1, NUMBER_DIGITS_MAX));
      } else if (Blanks.is(c) || close) {
        blanks(all);
      }
      if (c != CallShape.ID && c != CallShape.NUMBER && !Blanks.is(c)) {
        run.append(c);
        if (Blanks.mayFollow(c)) {
          flush(run, all);
          blanks(all);
        }
      }
    }
    flush(run, all);
    return new Seq(all);
  }

  private static void blanks(List<Piece> all) {
    if (all.isEmpty() || !all.getLast().equals(JsonPieces.BLANKS)) {
      all.add(JsonPieces.BLANKS);
    }
  }

  private static void flush(StringBuilder run, List<Piece> all) {
    if (!run.isEmpty()) {
      all.add(new Text(run.toString()));
      run.setLength(0);
    }
  }

  /**
   * Text up to a mark, and what follows it; text may also end the answer where it says so. A rule
   * for each part of the mark that may just have been seen.
   *
   * @param rules gets them
   * @param name their prefix
   */
  static Piece until(
      String mark, Piece then, boolean mayEnd, String name, Map<String, Piece> rules) {
    for (int seen = 0; seen < mark.length(); seen++) {
      List<Piece> all = new ArrayList<>();
      if (mayEnd) {
        all.add(Piece.EMPTY);
      }
      CharSet others = CharSet.ALL;
      for (int c : new TreeSet<>(mark.codePoints().boxed().toList())) {
        CharSet one = CharSet.of(c, c);
        others = others.minus(one);
        String now = mark.substring(0, seen) + Character.toString(c);
        Piece behind = now.equals(mark) ? then : new Ref(name + overlap(mark, now));
        all.add(Piece.seq(new Chars(one), behind));
      }
      all.add(Piece.seq(new Chars(others), new Ref(name + 0)));
      rules.put(name + seen, new Any(all));
    }
    return new Ref(name + 0);
  }

  /** The most characters that a text ends and the mark begins with. */
  private static int overlap(String mark, String text) {
    int length = Math.min(text.length(), mark.length() - 1);
    while (!text.endsWith(mark.substring(0, length))) {
      length--;
    }
    return length;
  }
}
