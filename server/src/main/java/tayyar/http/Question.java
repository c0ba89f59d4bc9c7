package tayyar.http;

import java.net.InetAddress;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tayyar.api.Key;
import tayyar.api.Room;
import tayyar.dialect.Head;

/** A request to a {@link Route.Blocking} handler. Used by one virtual thread. */
public final class Question implements Head {
  private final Exchange exchange;
  private final byte[] body;
  private final Room room;

  Question(Exchange exchange, byte[] body) {
    this(exchange, body, Room.ENDLESS);
  }

  /** One whose answer takes memory from a room, which is given back once the answer is made. */
  Question(Exchange exchange, byte[] body, Room room) {
    this.exchange = exchange;
    this.body = body;
    this.room = room;
  }

  /** Returns a parameter of the route's path, decoded. */
  public String parameter(String name) {
    return exchange.parameter(name);
  }

  /**
   * Returns the parameters of the query, decoded, in their order; of one that has no value an empty
   * text.
   *
   * @throws tayyar.api.Refused if one is there twice, or a percent sign encodes nothing
   */
  public Map<String, String> query() {
    return RequestTarget.query(exchange.uri());
  }

  Exchange exchange() {
    return exchange;
  }

  /**
   * Returns this server's address as the client reached it, such as {@code https://api.example:1};
   * see {@link Origin}.
   *
   * @param callers the proxies that are believed
   */
  public String origin(Callers callers) {
    return Origin.of(exchange, callers);
  }

  /** Returns the valid key that it came with, where the route wants one. */
  @Override
  public Key key() {
    return Objects.requireNonNull(exchange.key());
  }

  /** Returns the address of an operator's client; null where it has none. */
  public @Nullable InetAddress client() {
    return exchange.client();
  }

  /** Returns the first header field of that name, in upper or lower case, or null. */
  public @Nullable String header(String name) {
    return exchange.headers().get(name);
  }

  @Override
  public String field(String name) {
    return String.join(",", exchange.headers().getAll(name));
  }

  /** The memory for what is read to answer it; what is small need not be taken from it. */
  @Override
  public Room room() {
    return room;
  }

  /** Returns the body; not copied. */
  public byte[] body() {
    return body;
  }
}
