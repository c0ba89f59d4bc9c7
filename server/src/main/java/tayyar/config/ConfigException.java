package tayyar.config;

/** The configuration can't be used; the message is a sentence for the operator. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int CHARS_MAX = 800;

  /** With a sentence that names the value and what would be right. */
  public ConfigException(String sentence) {
    super(printable(sentence));
  }

  /** What was in a file may be of any length and have any character. */
  private static String printable(String sentence) {
    String plain = sentence.replaceAll("\\p{Cntrl}", "?");
    int chars = plain.length();
    return chars <= CHARS_MAX
        ? plain
        : plain.substring(0, CHARS_MAX / 2) + "..." + plain.substring(chars - CHARS_MAX / 2);
  }
}
