package tayyar.api;

/** Cuts texts from outside, which may be of any length, before they are repeated. */
public final class Clip {
  /** What {@link #marked} writes where something is cut off. */
  public static final String MARK = "…";

  private Clip() {}

  /**
   * Returns the text's beginning; a surrogate pair stays together.
   *
   * @param charsMax at least 1
   */
  public static String to(int charsMax, String text) {
    if (text.length() <= charsMax) {
      return text;
    }
    boolean between =
        Character.isHighSurrogate(text.charAt(charsMax - 1))
            && Character.isLowSurrogate(text.charAt(charsMax));
    return text.substring(0, between ? charsMax - 1 : charsMax);
  }

  /** Returns the same, with an ellipsis where something is cut off. */
  public static String marked(int charsMax, String text) {
    return text.length() <= charsMax ? text : to(charsMax, text) + MARK;
  }
}
