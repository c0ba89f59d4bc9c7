package tayyar.api;

/** Carries an {@link ApiError} to where it is answered. Has no stack trace: it is no bug. */
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ApiError error;

  /** Refuses with this error. */
  public Refused(ApiError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  /** The error to answer with. */
  public ApiError error() {
    return error;
  }
}
