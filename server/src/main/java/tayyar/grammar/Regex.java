package tayyar.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tayyar.grammar.Piece.Any;
import tayyar.grammar.Piece.Seq;
import tayyar.grammar.Piece.Times;

/**
 * Regular expressions as ECMA-262 writes them, without what looks around or back: the texts that
 * they match become a piece.
 */
final class Regex {
  private static final int REPEAT_MAX = 10_000;
  private static final int DEPTH_MAX = 50;
  private static final CharSet DOT = CharSet.of('\n', '\n', '\r', '\r', 0x2028, 0x2029).negated();

  private final String text;
  private final String where;
  private final Function<CharSet, Piece> character;
  private final boolean whole;
  private int at;
  private int depth;

  private Regex(String text, String where, Function<CharSet, Piece> character, boolean whole) {
    this.text = text;
    this.where = where;
    this.character = character;
    this.whole = whole;
  }

  /**
   * The texts that it matches as a whole, whether it says {@code ^} and {@code $} or not.
   *
   * @param character how one character of a set is written
   * @throws tayyar.api.Refused if it is none, or more than a grammar can hold
   */
  static Piece whole(String text, String where, Function<CharSet, Piece> character) {
    return new Regex(text, where, character, true).read();
  }

  /** The texts in which it is found. */
  static Piece found(String text, String where, Function<CharSet, Piece> character) {
    return new Regex(text, where, character, false).read();
  }

  private Piece read() {
    List<Piece> all = new ArrayList<>();
    do {
      boolean begins = skips('^');
      Piece middle = sequence();
      boolean ends = skips('$');
      Piece any = new Times(character.apply(CharSet.ALL), 0, Piece.ENDLESS);
      all.add(
          new Seq(
              List.of(
                  begins || whole ? Piece.EMPTY : any, middle, ends || whole ? Piece.EMPTY : any)));
    } while (skips('|'));
    if (at < text.length()) {
      throw wrong("can't be read");
    }
    return new Any(all);
  }

  private RuntimeException wrong(String what) {
    return Faults.wrong(where, what + " at its character " + at + ".");
  }

  private boolean skips(char c) {
    boolean there = at < text.length() && text.charAt(at) == c;
    at += there ? 1 : 0;
    return there;
  }

  private boolean ended() {
    return at >= text.length() || text.charAt(at) == '|' || text.charAt(at) == ')';
  }

  private Piece sequence() {
    List<Piece> parts = new ArrayList<>();
    while (!ended() && !(text.charAt(at) == '$' && depth == 0)) {
      parts.add(repeated(atom()));
    }
    return new Seq(parts);
  }

  private Piece atom() {
    char c = text.charAt(at);
    return switch (c) {
      case '(' -> group();
      case '[' -> character.apply(set());
      case '.' -> {
        at++;
        yield character.apply(DOT);
      }
      case '\\' -> character.apply(escape(false));
      case '^', '$' -> throw wrong("has an anchor that is not at its end");
      case '*', '+', '?', '{' -> throw wrong("repeats nothing");
      default -> character.apply(one(next()));
    };
  }

  private int next() {
    int character = text.codePointAt(at);
    at += Character.charCount(character);
    return character;
  }

  private static CharSet one(int character) {
    return CharSet.of(character, character);
  }

  private Piece group() {
    at++;
    if (text.startsWith("?:", at)) {
      at += 2;
    } else if (text.startsWith("?<", at) && at + 2 < text.length() && named()) {
      at = text.indexOf('>', at) + 1;
    } else if (text.startsWith("?", at)) {
      throw wrong("looks around, which can't be held");
    }
    if (++depth > DEPTH_MAX) {
      throw wrong("is deeper than " + DEPTH_MAX + " groups");
    }
    List<Piece> all = new ArrayList<>();
    do {
      all.add(sequence());
    } while (skips('|'));
    depth--;
    if (!skips(')')) {
      throw wrong("has a group without its end");
    }
    return new Any(all);
  }

  private boolean named() {
    return "=!".indexOf(text.charAt(at + 2)) < 0 && text.indexOf('>', at) > 0;
  }

  private Piece repeated(Piece part) {
    Piece out = part;
    if (skips('*')) {
      out = new Times(part, 0, Piece.ENDLESS);
    } else if (skips('+')) {
      out = new Times(part, 1, Piece.ENDLESS);
    } else if (skips('?')) {
      out = new Times(part, 0, 1);
    } else if (at < text.length() && text.charAt(at) == '{') {
      out = counted(part);
    } else {
      return part;
    }
    skips('?');
    return out;
  }

  private Piece counted(Piece part) {
    at++;
    int least = count();
    int most = least;
    if (skips(',')) {
      boolean open = at < text.length() && text.charAt(at) == '}';
      most = open ? Piece.ENDLESS : count();
    }
    if (!skips('}') || most < least) {
      throw wrong("has a wrong number of repetitions");
    }
    return new Times(part, least, most);
  }

  private int count() {
    int number = 0;
    int from = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      number = Math.min(REPEAT_MAX + 1, number * 10 + text.charAt(at++) - '0');
    }
    if (at == from || number > REPEAT_MAX) {
      throw wrong("has a wrong number of repetitions, or more than " + REPEAT_MAX);
    }
    return number;
  }

  private CharSet set() {
    at++;
    boolean not = skips('^');
    CharSet set = CharSet.of();
    while (!skips(']')) {
      if (at >= text.length()) {
        throw wrong("has a set without its end");
      }
      set = set.plus(range());
    }
    CharSet out = not ? set.negated() : set;
    if (out.isEmpty()) {
      throw wrong("has an empty set");
    }
    return out;
  }

  private CharSet range() {
    CharSet first = text.charAt(at) == '\\' ? escape(true) : one(next());
    boolean range = at + 1 < text.length() && text.charAt(at) == '-' && text.charAt(at + 1) != ']';
    if (!range || !isOne(first)) {
      return first;
    }
    at++;
    CharSet last = text.charAt(at) == '\\' ? escape(true) : one(next());
    if (!isOne(last) || last.ranges().getFirst() < first.ranges().getFirst()) {
      throw wrong("has a wrong range");
    }
    return CharSet.of(first.ranges().getFirst(), last.ranges().getFirst());
  }

  private static boolean isOne(CharSet set) {
    return set.ranges().size() == 2 && set.ranges().getFirst().equals(set.ranges().getLast());
  }

  private CharSet escape(boolean inSet) {
    at++;
    if (at >= text.length()) {
      throw wrong("ends within an escape");
    }
    int c = next();
    return switch (c) {
      case 'd' -> CharSet.DIGITS;
      case 'D' -> CharSet.DIGITS.negated();
      case 'w' -> CharSet.WORD;
      case 'W' -> CharSet.WORD.negated();
      case 's' -> CharSet.BLANK;
      case 'S' -> CharSet.BLANK.negated();
      case 'n' -> one('\n');
      case 'r' -> one('\r');
      case 't' -> one('\t');
      case 'f' -> one('\f');
      case 'v' -> one(11);
      case '0' -> one(0);
      case 'x' -> hex(2);
      case 'u' -> unicode();
      default -> {
        if (Character.isLetterOrDigit(c) && !(inSet && c == 'b')) {
          throw wrong("has an escape that can't be held");
        }
        yield one(c == 'b' ? '\b' : c);
      }
    };
  }

  private CharSet unicode() {
    if (skips('{')) {
      int end = text.indexOf('}', at);
      int digits = end - at;
      if (digits < 1 || digits > 6) {
        throw wrong("has a wrong escape");
      }
      CharSet out = hex(digits);
      at = end + 1;
      return out;
    }
    return hex(4);
  }

  private CharSet hex(int digits) {
    try {
      int value = Integer.parseUnsignedInt(text, at, at + digits, 16);
      at += digits;
      boolean surrogate = value >= 0xD800 && value <= 0xDFFF;
      if (value <= Character.MAX_CODE_POINT && !surrogate) {
        return one(value);
      }
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw Faults.wrong(where, "has a wrong escape: " + e.getClass().getSimpleName() + ".");
    }
    throw wrong("has an escape of no character");
  }
}
