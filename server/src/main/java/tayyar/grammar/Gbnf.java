package tayyar.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tayyar.grammar.Piece.Any;
import tayyar.grammar.Piece.Chars;
import tayyar.grammar.Piece.Ref;
import tayyar.grammar.Piece.Seq;
import tayyar.grammar.Piece.Text;
import tayyar.grammar.Piece.Times;

/** A grammar in llama.cpp's GBNF: rules of which one is named root. */
final class Gbnf {
  private static final int REPEAT_MAX = 10_000;
  private static final int DEPTH_MAX = 50;

  private final String text;
  private final String where;
  private final Map<String, Piece> rules = new HashMap<>();
  private int at;
  private int depth;

  private Gbnf(String text, String where) {
    this.text = text;
    this.where = where;
  }

  /**
   * Reads one.
   *
   * @throws tayyar.api.Refused if it is none, or too large
   */
  static Draft draft(String text, String where) {
    var gbnf = new Gbnf(text, where);
    gbnf.blanks(true);
    while (gbnf.at < text.length()) {
      gbnf.rule();
      gbnf.blanks(true);
    }
    if (!gbnf.rules.containsKey("root")) {
      throw Faults.wrong(where, "has no rule named 'root'.");
    }
    return new Draft(new Ref("root"), gbnf.rules);
  }

  private RuntimeException wrong(String what) {
    return Faults.wrong(where, what + " at its character " + at + ".");
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  /** Skips blanks and comments. */
  private void blanks(boolean lines) {
    while (at < text.length()) {
      char c = peek();
      if (c == '#') {
        while (at < text.length() && peek() != '\n') {
          at++;
        }
      } else if (c == ' ' || c == '\t' || (lines && (c == '\n' || c == '\r'))) {
        at++;
      } else {
        return;
      }
    }
  }

  private String name() {
    int from = at;
    while (Character.isLetterOrDigit(peek()) || peek() == '-' || peek() == '_') {
      at++;
    }
    if (at == from) {
      throw wrong("has no name of a rule");
    }
    return text.substring(from, at);
  }

  private void rule() {
    String name = name();
    blanks(false);
    if (!text.startsWith("::=", at)) {
      throw wrong("has no '::='");
    }
    at += 3;
    blanks(true);
    if (rules.put(name, alternatives(false)) != null) {
      throw wrong("has a rule twice");
    }
    if (at < text.length() && peek() != '\n' && peek() != '\r') {
      throw wrong("can't be read");
    }
  }

  private Piece alternatives(boolean nested) {
    if (++depth > DEPTH_MAX) {
      throw wrong("is deeper than " + DEPTH_MAX + " groups");
    }
    List<Piece> all = new ArrayList<>();
    all.add(sequence(nested));
    while (peek() == '|') {
      at++;
      blanks(true);
      all.add(sequence(nested));
    }
    depth--;
    return new Any(all);
  }

  private Piece sequence(boolean nested) {
    List<Piece> parts = new ArrayList<>();
    while (at < text.length() && "|)\n\r".indexOf(peek()) < 0) {
      parts.add(repeated(element(), nested));
    }
    return new Seq(parts);
  }

  private Piece element() {
    char c = peek();
    return switch (c) {
      case '"' -> literal();
      case '[' -> set();
      case '.' -> {
        at++;
        yield new Chars(CharSet.ALL);
      }
      case '(' -> {
        at++;
        blanks(true);
        Piece inner = alternatives(true);
        if (peek() != ')') {
          throw wrong("has a group without its end");
        }
        at++;
        yield inner;
      }
      default -> new Ref(name());
    };
  }

  private Piece repeated(Piece part, boolean nested) {
    Piece out =
        switch (peek()) {
          case '*' -> new Times(part, 0, Piece.ENDLESS);
          case '+' -> new Times(part, 1, Piece.ENDLESS);
          case '?' -> new Times(part, 0, 1);
          case '{' -> counted(part);
          default -> part;
        };
    if (!out.equals(part)) {
      at++;
    }
    blanks(nested);
    return out;
  }

  /** Stands at the closing brace afterwards. */
  private Piece counted(Piece part) {
    at++;
    int least = count();
    int most = least;
    if (peek() == ',') {
      at++;
      blanks(false);
      most = peek() == '}' ? Piece.ENDLESS : count();
    }
    if (peek() != '}' || most < least) {
      throw wrong("has a wrong number of repetitions");
    }
    return new Times(part, least, most);
  }

  private int count() {
    blanks(false);
    int number = 0;
    int from = at;
    while (peek() >= '0' && peek() <= '9') {
      number = Math.min(REPEAT_MAX + 1, number * 10 + text.charAt(at++) - '0');
    }
    if (at == from || number > REPEAT_MAX) {
      throw wrong("has a wrong number of repetitions, or more than " + REPEAT_MAX);
    }
    blanks(false);
    return number;
  }

  private Piece literal() {
    at++;
    var out = new StringBuilder();
    while (peek() != '"') {
      out.appendCodePoint(character());
    }
    at++;
    return new Text(out.toString());
  }

  private Piece set() {
    at++;
    boolean not = peek() == '^';
    at += not ? 1 : 0;
    CharSet set = CharSet.of();
    while (peek() != ']') {
      int first = character();
      int last = first;
      if (peek() == '-' && at + 1 < text.length() && text.charAt(at + 1) != ']') {
        at++;
        last = character();
      }
      if (last < first) {
        throw wrong("has a wrong range");
      }
      set = set.plus(CharSet.of(first, last));
    }
    at++;
    return new Chars(not ? set.negated() : set);
  }

  private int character() {
    if (at >= text.length()) {
      throw wrong("ends too early");
    }
    int c = text.codePointAt(at);
    at += Character.charCount(c);
    if (c != '\\') {
      return c;
    }
    char escape = peek();
    at++;
    return switch (escape) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case '\\', '"', '[', ']', '-', '^' -> escape;
      case 'x' -> hex(2);
      case 'u' -> hex(4);
      case 'U' -> hex(8);
      default -> throw wrong("has an unknown escape");
    };
  }

  private int hex(int digits) {
    try {
      int value = Integer.parseUnsignedInt(text, at, at + digits, 16);
      at += digits;
      if (Character.isValidCodePoint(value) && !(value >= 0xD800 && value <= 0xDFFF)) {
        return value;
      }
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw Faults.wrong(where, "has a wrong escape: " + e.getClass().getSimpleName() + ".");
    }
    throw wrong("has an escape of no character");
  }
}
