package tayyar.http;

import org.jspecify.annotations.Nullable;

/** A request to a {@link Route.Blocking} handler. Used by one virtual thread. */
public final class Question {
  private final Exchange exchange;
  private final byte[] body;

  Question(Exchange exchange, byte[] body) {
    this.exchange = exchange;
    this.body = body;
  }

  /** Returns a parameter of the route's path, decoded. */
  public String parameter(String name) {
    return exchange.parameter(name);
  }

  /** Returns the first header field of that name, in upper or lower case, or null. */
  public @Nullable String header(String name) {
    return exchange.headers().get(name);
  }

  /** Returns the body; not copied. */
  public byte[] body() {
    return body;
  }
}
