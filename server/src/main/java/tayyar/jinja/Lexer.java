package tayyar.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tayyar.jinja.Token.Kind;

/**
 * Cuts a template into tokens. Blocks swallow the newline behind them and the blanks before them
 * ({@code trim_blocks}, {@code lstrip_blocks}), as chat templates expect.
 */
final class Lexer {
  private static final int UNICODE = Pattern.UNICODE_CHARACTER_CLASS;
  private static final Pattern RAW = Pattern.compile("\\{%[-+]?\\s*raw\\s*(?:-%}\\s*|%})", UNICODE);
  private static final Pattern END_RAW =
      Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(?:\\+%}|-%}\\s*|%}\\n?)", UNICODE);
  private static final Pattern COMMENT_END = Pattern.compile("\\+#}|-#}\\s*|#}\\n?", UNICODE);
  private static final Pattern BLOCK_END = Pattern.compile("\\+%}|-%}\\s*|%}\\n?", UNICODE);
  private static final Pattern OUTPUT_END = Pattern.compile("-}}\\s*|}}", UNICODE);
  private static final Pattern FLOAT =
      Pattern.compile(
          "(?<!\\.)(?:\\d+_)*\\d+(?:(?:\\.(?:\\d+_)*\\d+)?e[+-]?(?:\\d+_)*\\d+|\\.(?:\\d+_)*\\d+)",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern INTEGER =
      Pattern.compile(
          "0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\\da-f])+|[1-9](?:_?\\d)*|0(?:_?0)*",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern NAME = Pattern.compile("[\\w·]+", UNICODE);
  private static final Pattern SIGN =
      Pattern.compile("\\*\\*|//|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,;]");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private final Deque<Character> open = new ArrayDeque<>();
  private int at;
  private int line = 1;

  /** Whether the last piece ended with a newline. */
  private boolean lineStarts = true;

  private Lexer(String source) {
    this.source = source;
  }

  /**
   * The tokens, of which the last is one of the kind END.
   *
   * @throws Fault if something is never closed, or is no token
   */
  static List<Token> tokens(String source) {
    String lines = source.replace("\r\n", "\n").replace('\r', '\n');
    // A template's last newline is not part of it.
    var lexer = new Lexer(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines);
    while (lexer.at < lexer.source.length()) {
      lexer.root();
    }
    lexer.add(Kind.END, "");
    return lexer.tokens;
  }

  private void root() {
    int begin = nextTag();
    if (begin == source.length()) {
      data(source.substring(at));
      at = begin;
      return;
    }
    char kind = source.charAt(begin + 1);
    Matcher raw = matcher(RAW, begin);
    char control = begin + 2 < source.length() ? source.charAt(begin + 2) : ' ';
    String text = source.substring(at, begin);
    data(before(text, control, kind == '{'));
    countLines(text);
    if (kind == '%' && raw.lookingAt()) {
      take(raw);
      raw();
      return;
    }
    at = begin + (control == '-' || control == '+' ? 3 : 2);
    switch (kind) {
      case '#' -> comment();
      case '%' -> inside(Kind.BLOCK_BEGIN, Kind.BLOCK_END, BLOCK_END);
      default -> inside(Kind.OUTPUT_BEGIN, Kind.OUTPUT_END, OUTPUT_END);
    }
  }

  private int nextTag() {
    for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
      char next = i + 1 < source.length() ? source.charAt(i + 1) : ' ';
      if (next == '{' || next == '%' || next == '#') {
        return i;
      }
    }
    return source.length();
  }

  /** Drops blanks in front of a block if nothing else is in their line. */
  private String before(String text, char control, boolean output) {
    if (control == '-') {
      return Blanks.stripTrailing(text);
    }
    if (control == '+' || output) {
      return text;
    }
    int begin = text.lastIndexOf('\n') + 1;
    boolean starts = begin > 0 || lineStarts;
    boolean blank = begin < text.length() && Blanks.all(text.substring(begin));
    return starts && blank ? text.substring(0, begin) : text;
  }

  private void raw() {
    Matcher end = matcher(END_RAW, at);
    if (!end.find()) {
      throw new Fault("'raw' is never closed", line);
    }
    String text = source.substring(at, end.start());
    String control = end.group(1);
    data(before(text, control.isEmpty() ? ' ' : control.charAt(0), false));
    countLines(text);
    take(end);
  }

  private void comment() {
    Matcher end = matcher(COMMENT_END, at);
    if (!end.find()) {
      throw new Fault("a comment is never closed", line);
    }
    countLines(source.substring(at, end.start()));
    take(end);
  }

  private void inside(Kind begin, Kind end, Pattern ending) {
    add(begin, "");
    int opened = line;
    while (at < source.length()) {
      Matcher matcher = matcher(ending, at);
      if (open.isEmpty() && matcher.lookingAt()) {
        add(end, "");
        take(matcher);
        return;
      }
      token();
    }
    throw new Fault((end == Kind.BLOCK_END ? "{%" : "{{") + " is never closed", opened);
  }

  private void token() {
    char c = source.charAt(at);
    if (Blanks.is(c)) {
      line += c == '\n' ? 1 : 0;
      at++;
    } else if (c == '"' || c == '\'') {
      string(c);
    } else if (!(takes(FLOAT, Kind.FLOAT)
        || takes(INTEGER, Kind.INTEGER)
        || takes(NAME, Kind.NAME)
        || takes(SIGN, Kind.SIGN))) {
      throw new Fault("'" + Character.toString(source.codePointAt(at)) + "' is not known", line);
    }
  }

  private boolean takes(Pattern pattern, Kind kind) {
    Matcher matcher = matcher(pattern, at);
    if (!matcher.lookingAt()) {
      return false;
    }
    String text = matcher.group();
    if (kind == Kind.SIGN) {
      balance(text.charAt(0));
    }
    if (kind == Kind.NAME
        && !Character.isUnicodeIdentifierStart(text.codePointAt(0))
        && text.charAt(0) != '_') {
      throw new Fault("'" + text + "' is no name", line);
    }
    add(kind, text);
    at = matcher.end();
    return true;
  }

  private void balance(char sign) {
    switch (sign) {
      case '(' -> open.push(')');
      case '[' -> open.push(']');
      case '{' -> open.push('}');
      case ')', ']', '}' -> {
        if (open.isEmpty() || open.pop() != sign) {
          throw new Fault("'" + sign + "' was not expected", line);
        }
      }
      default -> {}
    }
  }

  private void string(char quote) {
    int end = at + 1;
    while (end < source.length() && source.charAt(end) != quote) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw new Fault("a string is never closed", line);
    }
    String inside = source.substring(at + 1, end);
    add(Kind.STRING, Escapes.read(inside, line));
    countLines(inside);
    at = end + 1;
  }

  private Matcher matcher(Pattern pattern, int from) {
    return pattern.matcher(source).region(from, source.length()).useTransparentBounds(true);
  }

  private void take(Matcher matcher) {
    String text = matcher.group();
    countLines(text);
    lineStarts = text.endsWith("\n");
    at = matcher.end();
  }

  private void data(String text) {
    if (!text.isEmpty()) {
      add(Kind.DATA, text);
    }
  }

  private void add(Kind kind, String text) {
    tokens.add(new Token(kind, text, line));
  }

  private void countLines(String text) {
    line += (int) text.chars().filter(c -> c == '\n').count();
  }
}
