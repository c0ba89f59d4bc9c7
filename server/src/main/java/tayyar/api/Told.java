package tayyar.api;

import org.jspecify.annotations.Nullable;

/** An error as its client is told of it. */
public interface Told {

  /** What it says. */
  ErrorFacts facts();

  /** The HTTP status it has before the response's head is out. */
  default int status() {
    return facts().status();
  }

  /** The envelope's {@code type}. */
  default String type() {
    return facts().type();
  }

  /** The envelope's {@code code}. */
  default @Nullable String code() {
    return facts().code();
  }

  /** The envelope's {@code param}: the request's field at fault. */
  default @Nullable String param() {
    return facts().param();
  }

  /** One or two sentences for a person: what is wrong and what to do. */
  default String message() {
    return facts().message();
  }
}
