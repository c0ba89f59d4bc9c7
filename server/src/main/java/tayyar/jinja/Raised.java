package tayyar.jinja;

/**
 * The template itself refuses its values, by {@code raise_exception}; the message is the
 * template's.
 */
public final class Raised extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  Raised(String reason) {
    super(reason, null, false, false);
    this.reason = reason;
  }

  /** The template's message. */
  public String reason() {
    return reason;
  }
}
