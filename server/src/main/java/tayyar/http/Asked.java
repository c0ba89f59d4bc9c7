package tayyar.http;

import tayyar.api.Room;

/**
 * A request that was let in by its head and whose body is awaited. Exactly one of {@link #body} and
 * {@link #dropped} is called, on the connection's event loop.
 */
interface Asked {

  /** What its body is kept in. */
  Room room();

  /** How large its body may be, in bytes. */
  int bodyBytesMax();

  /** The body is whole: the request is answered. */
  void body(byte[] bytes);

  /** The body never comes. What was refused or whose client left is answered by nobody else. */
  void dropped();
}
