package tayyar.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Cuts a template into text, statements and outputs, and their insides into tokens. */
final class Lexer {

  /** A part of the template: plain text, or the tokens of a statement or an output. */
  sealed interface Part {
    /** Text as it is. */
    record Text(String text) implements Part {}

    /** {@code {{ ... }}}. */
    record Output(List<Token> tokens) implements Part {}

    /** {@code {% ... %}}. */
    record Statement(List<Token> tokens) implements Part {}
  }

  /** What a token is. */
  enum Kind {
    /** A name or a keyword. */
    NAME,
    /** A number. */
    NUMBER,
    /** A string, without its quotes. */
    STRING,
    /** An operator or a bracket. */
    SIGN,
    /** Behind the last token. */
    END
  }

  /** One token. */
  record Token(Kind kind, String text) {
    static final Token END = new Token(Kind.END, "");

    boolean is(String sign) {
      return (kind == Kind.SIGN || kind == Kind.NAME) && text.equals(sign);
    }
  }

  private static final Set<String> LONG_SIGNS = Set.of("==", "!=", "<=", ">=", "//", "**");

  private final String source;
  private final List<Part> parts = new ArrayList<>();
  private int at;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Part> split(String source) {
    var lexer = new Lexer(source.replace("\r\n", "\n"));
    lexer.run();
    return lexer.parts;
  }

  private void run() {
    boolean stripNext = false;
    boolean trimNewline = false;
    while (at < source.length()) {
      int open = nextOpen();
      String text = source.substring(at, open);
      boolean startsLine = at == 0;
      if (trimNewline && text.startsWith("\n")) {
        text = text.substring(1);
        startsLine = true;
      }
      if (stripNext) {
        text = text.stripLeading();
      }
      if (open == source.length()) {
        // A template's last newline is not part of it.
        text(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
        return;
      }
      char kind = source.charAt(open + 1);
      char control = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
      text(before(text, kind, control, startsLine));
      int from = open + (control == '-' || control == '+' ? 3 : 2);
      int close = close(from, kind);
      boolean dash = source.charAt(close - 1) == '-' && close > from;
      boolean plus = source.charAt(close - 1) == '+' && close > from && kind != '{';
      String inside = source.substring(from, dash || plus ? close - 1 : close);
      add(kind, inside);
      stripNext = dash;
      trimNewline = kind != '{' && !plus;
      at = close + 2;
    }
  }

  private int nextOpen() {
    for (int i = at; i + 1 < source.length(); i++) {
      char next = source.charAt(i + 1);
      if (source.charAt(i) == '{' && (next == '{' || next == '%' || next == '#')) {
        return i;
      }
    }
    return source.length();
  }

  /** Blanks in front of a block go, if nothing else stands in their line. */
  private static String before(String text, char kind, char control, boolean startsLine) {
    if (control == '-') {
      return text.stripTrailing();
    }
    if (kind == '{' || control == '+') {
      return text;
    }
    int end = text.length();
    while (end > 0 && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\t')) {
      end--;
    }
    boolean alone = end == 0 ? startsLine : text.charAt(end - 1) == '\n';
    return alone ? text.substring(0, end) : text;
  }

  private int close(int from, char kind) {
    String end = kind == '{' ? "}}" : kind + "}";
    char quote = 0;
    for (int i = from; i + 1 < source.length(); i++) {
      char c = source.charAt(i);
      if (kind != '#' && quote != 0) {
        i += c == '\\' ? 1 : 0;
        quote = c == quote ? 0 : quote;
      } else if (source.startsWith(end, i) && !insideBraces(from, i, kind)) {
        return i;
      } else if (kind != '#' && (c == '"' || c == '\'')) {
        quote = c;
      }
    }
    throw new Template.Fault("a {" + kind + " is never closed");
  }

  /** A mapping inside an output may end with two braces. */
  private boolean insideBraces(int from, int to, char kind) {
    int depth = 0;
    char quote = 0;
    for (int i = from; kind == '{' && i < to; i++) {
      char c = source.charAt(i);
      if (quote != 0) {
        i += c == '\\' ? 1 : 0;
        quote = c == quote ? 0 : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else {
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      }
    }
    return depth > 0;
  }

  private void text(String text) {
    if (!text.isEmpty()) {
      parts.add(new Part.Text(text));
    }
  }

  private void add(char kind, String inside) {
    switch (kind) {
      case '{' -> parts.add(new Part.Output(tokens(inside)));
      case '%' -> parts.add(new Part.Statement(tokens(inside)));
      default -> {}
    }
  }

  private static List<Token> tokens(String s) {
    var tokens = new ArrayList<Token>();
    int i = 0;
    while (i < s.length()) {
      char c = s.charAt(i);
      int from = i;
      if (Character.isWhitespace(c)) {
        i++;
      } else if (Character.isLetter(c) || c == '_') {
        while (i < s.length() && (Character.isLetterOrDigit(s.charAt(i)) || s.charAt(i) == '_')) {
          i++;
        }
        tokens.add(new Token(Kind.NAME, s.substring(from, i)));
      } else if (Character.isDigit(c)) {
        i = number(s, i);
        tokens.add(new Token(Kind.NUMBER, s.substring(from, i)));
      } else if (c == '"' || c == '\'') {
        i = string(s, i, tokens);
      } else {
        i += i + 1 < s.length() && LONG_SIGNS.contains(s.substring(i, i + 2)) ? 2 : 1;
        tokens.add(new Token(Kind.SIGN, s.substring(from, i)));
      }
    }
    tokens.add(Token.END);
    return tokens;
  }

  private static int number(String s, int from) {
    int i = from;
    while (i < s.length() && Character.isDigit(s.charAt(i))) {
      i++;
    }
    boolean fraction =
        i + 1 < s.length() && s.charAt(i) == '.' && Character.isDigit(s.charAt(i + 1));
    if (fraction) {
      i++;
      while (i < s.length() && Character.isDigit(s.charAt(i))) {
        i++;
      }
    }
    return i;
  }

  private static int string(String s, int from, List<Token> tokens) {
    char quote = s.charAt(from);
    var text = new StringBuilder();
    int i = from + 1;
    while (i < s.length() && s.charAt(i) != quote) {
      char c = s.charAt(i++);
      if (c == '\\' && i < s.length()) {
        char escaped = s.charAt(i++);
        switch (escaped) {
          case 'n' -> text.append('\n');
          case 't' -> text.append('\t');
          case 'r' -> text.append('\r');
          case '\\', '\'', '"' -> text.append(escaped);
          default -> text.append('\\').append(escaped);
        }
      } else {
        text.append(c);
      }
    }
    if (i >= s.length()) {
      throw new Template.Fault("a string is never closed");
    }
    tokens.add(new Token(Kind.STRING, text.toString()));
    return i + 1;
  }
}
