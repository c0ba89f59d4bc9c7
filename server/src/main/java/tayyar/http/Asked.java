package tayyar.http;

import tayyar.api.Room;

/**
 * A request that was admitted by its head and awaits its body. Exactly one of {@link #body} and
 * {@link #dropped} is called, on the connection's event loop.
 */
interface Asked {

  /** Returns the room that its body draws on. */
  Room room();

  /** Returns the bound on its body, in bytes. */
  int bodyBytesMax();

  /** Answers the request; its body is whole. */
  void body(byte[] bytes);

  /** The body never comes: the request was refused or its client left. Nobody else records it. */
  void dropped();
}
