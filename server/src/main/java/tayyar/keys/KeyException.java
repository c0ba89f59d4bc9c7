package tayyar.keys;

import tayyar.api.RuleException;

/** A command on keys can't be done; the message is a sentence for the operator. */
public final class KeyException extends RuleException {
  private static final long serialVersionUID = 1L;

  KeyException(String sentence) {
    super(Why.INVALID, sentence);
  }

  KeyException(Why why, String sentence) {
    super(why, sentence);
  }

  KeyException(String sentence, Throwable cause) {
    super(Why.STORE, sentence, cause);
  }
}
