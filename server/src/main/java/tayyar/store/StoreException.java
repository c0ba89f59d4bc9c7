package tayyar.store;

/** The database can't be used; the message is a sentence for the operator. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StoreException(String sentence) {
    super(sentence);
  }

  StoreException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
