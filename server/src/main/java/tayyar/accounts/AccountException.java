package tayyar.accounts;

import tayyar.api.RuleException;

/** Something that an operator asked for can't be done; the message is a sentence for him. */
public final class AccountException extends RuleException {
  private static final long serialVersionUID = 1;

  /** A value is none that it may be. */
  public AccountException(String message) {
    super(Why.INVALID, message);
  }

  AccountException(String message, Throwable cause) {
    super(Why.INVALID, message, cause);
  }

  AccountException(Why why, String message) {
    super(why, message);
  }

  AccountException(Why why, String message, Throwable cause) {
    super(why, message, cause);
  }
}
