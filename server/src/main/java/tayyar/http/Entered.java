package tayyar.http;

import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.Key;
import tayyar.api.Room;
import tayyar.dialect.Head;
import tayyar.limits.Permit;

/** A request that was let in by its head, and whose body is awaited. Lives on its event loop. */
abstract class Entered implements Asked, Head {
  final Exchange exchange;
  final Key key;
  final Permit permit;
  private final Bounds bounds;

  Entered(Exchange exchange, Key key, Permit permit, Bounds bounds) {
    this.exchange = exchange;
    this.key = key;
    this.permit = permit;
    this.bounds = bounds;
  }

  @Override
  public final Room room() {
    return permit;
  }

  @Override
  public final Key key() {
    return key;
  }

  @Override
  public final String field(String name) {
    return String.join(",", exchange.headers().getAll(name));
  }

  @Override
  public final int bodyBytesMax() {
    return bounds.of(Bound.BODY_BYTES);
  }
}
