package tayyar.http;

import org.jspecify.annotations.Nullable;

/** What a {@link Route.Blocking} handler is asked. Used by one virtual thread. */
public final class Question {
  private final Exchange exchange;
  private final byte[] body;

  Question(Exchange exchange, byte[] body) {
    this.exchange = exchange;
    this.body = body;
  }

  /** A parameter of the route's path, decoded. */
  public String parameter(String name) {
    return exchange.parameter(name);
  }

  /** The first header field of that name, in any case, or null. */
  public @Nullable String header(String name) {
    return exchange.headers().get(name);
  }

  /** The body; not copied. */
  public byte[] body() {
    return body;
  }
}
