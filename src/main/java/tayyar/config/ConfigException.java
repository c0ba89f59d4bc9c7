package tayyar.config;

/** The configuration can't be used; the message is a sentence for the operator. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a sentence that names the value and what would be right. */
  public ConfigException(String sentence) {
    super(sentence);
  }
}
