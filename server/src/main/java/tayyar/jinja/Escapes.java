package tayyar.jinja;

/** Reads the escapes inside a template's strings, which are those of Python's strings. */
final class Escapes {
  private static final String SHORT = "ntrabfv\\'\"";
  private static final String MEANT = "\n\t\r\u0007\b\f\u000B\\'\"";

  private final String source;
  private final int line;
  private final StringBuilder out = new StringBuilder();
  private int at;

  private Escapes(String source, int line) {
    this.source = source;
    this.line = line;
  }

  static String read(String source, int line) {
    if (source.indexOf('\\') < 0) {
      return source;
    }
    var escapes = new Escapes(source, line);
    while (escapes.at < source.length()) {
      escapes.character();
    }
    return escapes.out.toString();
  }

  private void character() {
    char c = source.charAt(at++);
    if (c != '\\') {
      out.append(c);
      return;
    }
    char kind = source.charAt(at++);
    int shortened = SHORT.indexOf(kind);
    if (shortened >= 0) {
      out.append(MEANT.charAt(shortened));
    } else if (kind >= '0' && kind <= '7') {
      octal(kind - '0');
    } else {
      switch (kind) {
        case 'x' -> hex(2);
        case 'u' -> hex(4);
        case 'U' -> hex(8);
        case 'N' -> named();
        case '\n' -> {}
        default -> out.append('\\').append(kind);
      }
    }
  }

  private void octal(int first) {
    int value = first;
    for (int i = 0; i < 2 && at < source.length(); i++) {
      int digit = source.charAt(at) - '0';
      if (digit < 0 || digit > 7) {
        break;
      }
      value = value * 8 + digit;
      at++;
    }
    out.append((char) value);
  }

  private void hex(int digits) {
    try {
      int value = Integer.parseInt(source, at, at + digits, 16);
      out.appendCodePoint(value);
      at += digits;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new Fault("a string has an escape that is cut off", line);
    }
  }

  private void named() {
    int end = source.indexOf('}', at);
    if (end < 0 || source.charAt(at) != '{') {
      throw new Fault("a string has an escape that is cut off", line);
    }
    try {
      out.appendCodePoint(Character.codePointOf(source.substring(at + 1, end)));
    } catch (IllegalArgumentException e) {
      throw new Fault("a string names a character that is not known", line);
    }
    at = end + 1;
  }
}
