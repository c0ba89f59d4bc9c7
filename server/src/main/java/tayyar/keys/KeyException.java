package tayyar.keys;

/** A command on keys can't be done; the message is a sentence for the operator. */
public final class KeyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KeyException(String sentence) {
    super(sentence);
  }

  KeyException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
