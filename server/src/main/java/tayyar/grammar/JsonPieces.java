package tayyar.grammar;

import static tayyar.grammar.Piece.any;
import static tayyar.grammar.Piece.maybe;
import static tayyar.grammar.Piece.seq;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tayyar.grammar.Piece.Chars;
import tayyar.grammar.Piece.Ref;
import tayyar.grammar.Piece.Text;
import tayyar.grammar.Piece.Times;

/** The pieces of JSON. Blanks are bounded: a small model would write nothing else for long. */
final class JsonPieces {
  private static final int INDENT_MAX = 40;
  private static final int INTEGER_DIGITS = 17;
  private static final int FRACTION_DIGITS = 16;

  /** The characters of a string that must not stand for themselves. */
  private static final CharSet ESCAPED = CharSet.of(0, 31, '"', '"', '\\', '\\');

  /** Those that may. */
  static final CharSet UNESCAPED = CharSet.ALL.minus(ESCAPED);

  static final Piece DIGIT = new Chars(CharSet.DIGITS);
  static final Piece FIRST_DIGIT = new Chars(CharSet.of('1', '9'));

  /** Between two elements or members, and at the ends of what holds them. */
  static final Piece BLANKS =
      any(
          Piece.EMPTY,
          " ",
          seq("\n", new Times(new Chars(CharSet.of(' ', ' ', '\t', '\t')), 0, INDENT_MAX)));

  static final Piece COMMA = seq(",", BLANKS);
  static final Piece COLON = seq(":", maybe(" "));

  /** A character of a string without an escape. */
  static final Piece PLAIN = new Chars(UNESCAPED);

  /** One character of a string, however written; halves of characters can't be. */
  static final Piece CHARACTER = new Ref("#character");

  static final Piece STRING = new Ref("#string");
  static final Piece VALUE = new Ref("#value");
  static final Piece OBJECT = new Ref("#object");
  static final Piece ARRAY = new Ref("#array");
  static final Piece NUMBER = new Ref("#number");
  static final Piece INTEGER = new Ref("#integer");
  static final Piece BOOLEAN = any("true", "false");

  private JsonPieces() {}

  /** The rules that the pieces above name. */
  static Map<String, Piece> rules() {
    var rules = new TreeMap<String, Piece>();
    rules.put("#character", any(PLAIN, seq("\\", escape())));
    rules.put("#string", seq("\"", new Times(CHARACTER, 0, Piece.ENDLESS), "\""));
    rules.put("#value", any(OBJECT, ARRAY, STRING, NUMBER, BOOLEAN, "null"));
    rules.put("#member", seq(STRING, COLON, VALUE));
    rules.put("#object", seq("{", BLANKS, maybe(list(new Ref("#member"))), BLANKS, "}"));
    rules.put("#array", seq("[", BLANKS, maybe(list(VALUE)), BLANKS, "]"));
    Piece digits = new Times(DIGIT, 0, INTEGER_DIGITS);
    Piece whole = any("0", seq(FIRST_DIGIT, digits));
    rules.put("#integer", any("0", seq(maybe("-"), FIRST_DIGIT, digits)));
    rules.put("#number", seq(maybe("-"), whole, maybe(fraction()), maybe(exponent())));
    return rules;
  }

  private static Piece list(Piece element) {
    return seq(element, new Times(seq(COMMA, element), 0, Piece.ENDLESS));
  }

  static Piece fraction() {
    return seq(".", new Times(DIGIT, 1, FRACTION_DIGITS));
  }

  private static Piece exponent() {
    return seq(
        new Chars(CharSet.of('e', 'e', 'E', 'E')),
        maybe(new Chars(CharSet.of('+', '+', '-', '-'))),
        new Times(DIGIT, 1, 2));
  }

  private static Piece escape() {
    Piece hex = new Chars(CharSet.HEX);
    CharSet d = CharSet.of('d', 'd', 'D', 'D');
    return any(
        new Chars(
            CharSet.of(
                '"', '"', '\\', '\\', '/', '/', 'b', 'b', 'f', 'f', 'n', 'n', 'r', 'r', 't', 't')),
        seq("u", new Chars(CharSet.HEX.minus(d)), new Times(hex, 3, 3)),
        seq("u", new Chars(d), new Chars(CharSet.of('0', '7')), new Times(hex, 2, 2)));
  }

  /** One character of a set, as it is written inside a string: only what must be escaped is. */
  static Piece inString(CharSet set) {
    List<Piece> all = new ArrayList<>();
    CharSet plain = set.minus(ESCAPED);
    if (!plain.isEmpty()) {
      all.add(new Chars(plain));
    }
    for (char c = 0; c <= '\\'; c++) {
      if (ESCAPED.has(c) && set.has(c)) {
        all.add(new Text(Json.escape(c)));
      }
    }
    return all.size() == 1 ? all.getFirst() : new Piece.Any(all);
  }
}
