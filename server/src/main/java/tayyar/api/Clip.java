package tayyar.api;

/** Cuts texts from outside that are repeated: they may be of any length. */
public final class Clip {
  private Clip() {}

  /**
   * The text's beginning; two characters that are one letter stay together.
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

  /** The same with a mark where something is cut off. */
  public static String marked(int charsMax, String text) {
    return text.length() <= charsMax ? text : to(charsMax, text) + "…";
  }
}
