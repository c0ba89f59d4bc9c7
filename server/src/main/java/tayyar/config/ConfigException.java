package tayyar.config;

/** The configuration can't be used; the message is a sentence for the operator. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int CHARS_MAX = 800;

  /** Takes a sentence that names the wrong value and a right one. */
  public ConfigException(String sentence) {
    super(printable(sentence));
  }

  /** Cuts and escapes text of the file, which may be long and hold any character. */
  private static String printable(String sentence) {
    String plain = sentence.replaceAll("\\p{Cntrl}", "?");
    int chars = plain.length();
    return chars <= CHARS_MAX
        ? plain
        : plain.substring(0, CHARS_MAX / 2) + "..." + plain.substring(chars - CHARS_MAX / 2);
  }
}
