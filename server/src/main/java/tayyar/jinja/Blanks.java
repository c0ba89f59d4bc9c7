package tayyar.jinja;

/** White space as Python defines it. Java's own methods differ, by U+00A0 and others. */
final class Blanks {
  private Blanks() {}

  static boolean is(char c) {
    return switch (c) {
      case '\t', '\n', '\u000B', '\f', '\r', ' ', '\u0085', '\u00A0', '\u1680' -> true;
      case '\u2028', '\u2029', '\u202F', '\u205F', '\u3000' -> true;
      default -> (c >= '\u001C' && c <= '\u001F') || (c >= '\u2000' && c <= '\u200A');
    };
  }

  static boolean all(String text) {
    return text.chars().allMatch(c -> is((char) c));
  }

  static String stripTrailing(String text) {
    int end = text.length();
    while (end > 0 && is(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }

  /** Whether a character ends a line for Python's {@code splitlines}. */
  static boolean endsLine(char c) {
    return switch (c) {
      case '\n', '\r', '\u000B', '\f', '\u001C', '\u001D', '\u001E' -> true;
      case '\u0085', '\u2028', '\u2029' -> true;
      default -> false;
    };
  }
}
