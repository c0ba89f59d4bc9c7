package tayyar.grammar;

/** The blanks that a model may write between the parts of a call. */
public final class Blanks {
  static final CharSet SET = CharSet.of('\t', '\n', '\r', '\r', ' ', ' ');
  private static final String BEFORE = "{[,:";

  private Blanks() {}

  /** Returns whether a character is one. */
  public static boolean is(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  /** Whether they may stand behind a character of JSON. */
  static boolean mayFollow(char c) {
    return BEFORE.indexOf(c) >= 0;
  }
}
