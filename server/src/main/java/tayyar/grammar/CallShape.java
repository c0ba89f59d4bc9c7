package tayyar.grammar;

import org.jspecify.annotations.Nullable;

/**
 * How a model writes calls of tools: what stands around the name of each and its arguments, which
 * are one JSON object or one parameter after the other. Blanks in it stand for any blanks, {@link
 * #ID} for a call's id, {@link #NUMBER} for a number.
 *
 * @param before the first call's name
 * @param between a name and its arguments; has a character that is no blank where they are JSON
 * @param after the last call's arguments
 * @param again between a call's arguments and the next call's name; null where a model writes one
 *     call alone
 * @param parameters how they are written one by one, or null where arguments are JSON
 */
public record CallShape(
    String before,
    String between,
    String after,
    @Nullable String again,
    @Nullable Parameters parameters) {

  /** A shape whose arguments are JSON. */
  public CallShape(String before, String between, String after, @Nullable String again) {
    this(before, between, after, again, null);
  }

  /**
   * How arguments are written one by one.
   *
   * @param open between a call's name and its first parameter's name
   * @param next between a value and the next parameter's name
   * @param none behind the name of a call without arguments
   * @param text around strings, which stand there as they are
   * @param other around all other values, which are JSON
   */
  public record Parameters(String open, String next, String none, Around text, Around other) {}

  /**
   * What stands around a value.
   *
   * @param before between the parameter's name and its value; both kinds begin with the same
   *     character, which is no blank
   * @param after the value; of strings a mark, which no value has in it
   */
  public record Around(String before, String after) {}

  /** Stands for an id. */
  public static final char ID = '\uE000';

  /** Stands for a number. */
  public static final char NUMBER = '\uE001';

  /** For models that were not taught to call tools, but are told so. */
  public static final CallShape PLAIN =
      new CallShape("{\"name\": \"", "\", \"arguments\": ", "}", null);

  /** A shorter mark stands in any text. */
  private static final int MARK_MIN = 4;

  /**
   * Returns the beginning by which a call is told from text wherever it stands; empty where only an
   * answer's beginning, as a whole, can be told from text.
   */
  public String mark() {
    String begin = before.strip();
    char close = begin.startsWith("<") ? '>' : begin.startsWith("[") ? ']' : '\0';
    int to = close == '\0' ? -1 : begin.indexOf(close) + 1;
    if (to <= 0) {
      to = 0;
      while (to < begin.length()
          && "{\"".indexOf(begin.charAt(to)) < 0
          && !Blanks.is(begin.charAt(to))) {
        to++;
      }
    }
    return to < MARK_MIN ? "" : begin.substring(0, to);
  }

  /** Returns what stands before the first call's name, without the mark. */
  public String behindMark() {
    return before.strip().substring(mark().length());
  }

  /** Whether blanks may stand where a call begins with these characters. */
  public static boolean blanksMayFollow(String begin) {
    return begin.isEmpty() || Blanks.mayFollow(begin.charAt(begin.length() - 1));
  }

  /** Returns a text without its blanks. */
  public static String withoutBlanks(String text) {
    var out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (!Blanks.is(text.charAt(i))) {
        out.append(text.charAt(i));
      }
    }
    return out.toString();
  }

  /**
   * Returns all that a call of a tool begins with, without blanks, where there is no mark.
   *
   * @param whole whether up to its arguments, or to the end of its name
   */
  public String beginning(String name, boolean whole) {
    String behind = withoutBlanks(between);
    return withoutBlanks(before) + name + (whole ? behind : behind.substring(0, 1));
  }
}
