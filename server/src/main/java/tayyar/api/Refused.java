package tayyar.api;

/**
 * Carries an {@link ApiError} to the code that answers it. It has no stack trace, because it is no
 * bug.
 */
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ApiError error;

  /** Creates the refusal with this error. */
  public Refused(ApiError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  /** Returns the error to answer with. */
  public ApiError error() {
    return error;
  }
}
