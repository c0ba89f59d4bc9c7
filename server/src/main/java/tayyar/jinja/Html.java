package tayyar.jinja;

/**
 * Python's {@code markupsafe}: a text that is marked as safe escapes texts that are added to it.
 */
final class Html {
  private Html() {}

  /** The text, escaped unless it is marked as safe already. */
  static Text escaped(Text text) {
    if (text.markup()) {
      return text;
    }
    var out = new TextBuilder();
    String chars = text.chars();
    int from = 0;
    for (int i = 0; i < chars.length(); i++) {
      String name = name(chars.charAt(i));
      if (!name.isEmpty()) {
        out.append(text.sub(from, i)).append(name, text.saidWithin(i, i + 1));
        from = i + 1;
      }
    }
    return out.append(text.sub(from)).build().marked(true);
  }

  /** The text as it is beside a plain text, escaped beside a text that is marked as safe. */
  static Text beside(boolean markup, Text text) {
    return markup ? escaped(text) : text;
  }

  private static String name(char c) {
    return switch (c) {
      case '&' -> "&amp;";
      case '>' -> "&gt;";
      case '<' -> "&lt;";
      case '\'' -> "&#39;";
      case '"' -> "&#34;";
      default -> "";
    };
  }
}
