package tayyar.api;

/** Something that an operator asked for can't be done; the message is a sentence for him. */
public abstract class RuleException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Why why;

  /** Why it can't be done. */
  public enum Why {
    /** A value is none that it may be. */
    INVALID,
    /** What is named is not there. */
    MISSING,
    /** It contradicts what is there. */
    CONFLICT,
    /** The database can't be read or written. */
    STORE
  }

  /** With a reason and a sentence. */
  protected RuleException(Why why, String message) {
    super(message);
    this.why = why;
  }

  /** With what it comes of. */
  protected RuleException(Why why, String message, Throwable cause) {
    super(message, cause);
    this.why = why;
  }

  /** Returns why it can't be done. */
  public Why why() {
    return why;
  }
}
