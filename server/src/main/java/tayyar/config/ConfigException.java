package tayyar.config;

import java.util.List;

/** The configuration can't be used; the message is a sentence for the operator. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int CHARS_MAX = 800;

  @SuppressWarnings("serial") // an unmodifiable list of texts
  private final List<String> mistakes;

  /** Takes a sentence that names the wrong value and a right one. */
  public ConfigException(String sentence) {
    this(List.of(printable(sentence)));
  }

  /** Takes several such sentences; the message is the first and says how many more there are. */
  ConfigException(List<String> mistakes) {
    super(message(mistakes));
    this.mistakes = mistakes;
  }

  /** Each mistake in a sentence; at least one. */
  public List<String> mistakes() {
    return mistakes;
  }

  private static String message(List<String> mistakes) {
    int more = mistakes.size() - 1;
    return mistakes.getFirst()
        + (more == 0 ? "" : " Mistakes besides: %d; 'tayyar check' names all.".formatted(more));
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
