package tayyar.calls;

import tayyar.grammar.Blanks;

/** Finds the end of a JSON value, of which it is known that it is one. */
final class JsonValue {
  private static final String OF_SCALARS = "+-.";

  private int depth;
  private boolean begun;
  private boolean quoted;
  private boolean escaped;
  private boolean over;

  /** Whether the value is complete; a number or word is only when another byte came. */
  boolean isOver() {
    return over;
  }

  /** Whether a byte is of the value; blanks in front of it are not. */
  boolean take(byte b) {
    if (!begun && Blanks.is((char) b)) {
      return false;
    }
    begun = true;
    if (quoted) {
      boolean ends = b == '"' && !escaped;
      escaped = b == '\\' && !escaped;
      quoted = !ends;
      over = ends && depth == 0;
      return true;
    }
    return structure(b);
  }

  private boolean structure(byte b) {
    switch (b) {
      case '"' -> quoted = true;
      case '{', '[' -> depth++;
      case '}', ']' -> {
        if (depth == 0) {
          over = true;
          return false;
        }
        depth--;
        over = depth == 0;
      }
      default -> {
        boolean scalar = Character.isLetterOrDigit((char) b) || OF_SCALARS.indexOf(b) >= 0;
        over = depth == 0 && !scalar;
        return !over;
      }
    }
    return true;
  }
}
