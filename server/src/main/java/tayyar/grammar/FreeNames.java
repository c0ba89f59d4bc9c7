package tayyar.grammar;

import static tayyar.grammar.Piece.seq;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import tayyar.grammar.Piece.Chars;
import tayyar.grammar.Piece.Text;
import tayyar.grammar.Piece.Times;

/**
 * Names of members that are none of those given. They are written without escapes, so that none of
 * those can hide in them.
 */
final class FreeNames {
  /** Names that begin with so much of a given one are left out. */
  private static final int SHARED_MAX = 100;

  private FreeNames() {}

  static Piece of(Set<String> names) {
    return seq("\"", names.isEmpty() ? rest() : behind("", new TreeSet<>(names)));
  }

  private static Piece rest() {
    return seq(new Times(JsonPieces.PLAIN, 0, Piece.ENDLESS), "\"");
  }

  /** What may follow a beginning that some of the names have. */
  private static Piece behind(String begin, NavigableSet<String> names) {
    List<Piece> all = new ArrayList<>();
    CharSet taken = CharSet.of();
    for (String name : names.tailSet(begin)) {
      if (!name.startsWith(begin) || name.length() == begin.length()) {
        continue;
      }
      int next = name.codePointAt(begin.length());
      if (JsonPieces.UNESCAPED.has(next) && !taken.has(next)) {
        taken = taken.plus(CharSet.of(next, next));
        String longer = begin + Character.toString(next);
        if (longer.length() <= SHARED_MAX) {
          all.add(seq(Character.toString(next), behind(longer, beginning(longer, names))));
        }
      }
    }
    all.add(seq(new Chars(JsonPieces.UNESCAPED.minus(taken)), rest()));
    if (!names.contains(begin)) {
      all.add(new Text("\""));
    }
    return new Piece.Any(all);
  }

  private static NavigableSet<String> beginning(String begin, NavigableSet<String> names) {
    var out = new TreeSet<String>();
    for (String name : names.tailSet(begin)) {
      if (!name.startsWith(begin)) {
        break;
      }
      out.add(name);
    }
    return out;
  }
}
