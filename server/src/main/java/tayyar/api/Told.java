package tayyar.api;

import org.jspecify.annotations.Nullable;

/** An error as its client sees it. */
public interface Told {

  /** Returns its content. */
  ErrorFacts facts();

  /** Returns its HTTP status, as long as the response's head is not out. */
  default int status() {
    return facts().status();
  }

  /** Returns the envelope's {@code type}. */
  default String type() {
    return facts().type();
  }

  /** Returns the envelope's {@code code}. */
  default @Nullable String code() {
    return facts().code();
  }

  /** Returns the envelope's {@code param}: the request's field at fault. */
  default @Nullable String param() {
    return facts().param();
  }

  /** Returns one or two sentences for a person: the fault and the remedy. */
  default String message() {
    return facts().message();
  }

  /** Returns the seconds of the Retry-After header; 0 for none. */
  default int retryAfterSeconds() {
    return status() == 503 ? 1 : 0;
  }
}
