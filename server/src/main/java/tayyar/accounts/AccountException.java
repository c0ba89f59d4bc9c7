package tayyar.accounts;

/** Something that an operator asked for can't be done; the message is a sentence for him. */
public final class AccountException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With a sentence. */
  public AccountException(String message) {
    super(message);
  }

  AccountException(String message, Throwable cause) {
    super(message, cause);
  }
}
