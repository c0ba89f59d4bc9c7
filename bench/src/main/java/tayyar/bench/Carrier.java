package tayyar.bench;

/** What a request is under way on: a connection of HTTP/1.1, or a stream of HTTP/2. */
@FunctionalInterface
interface Carrier {
  /** Gives it up: the rest of the answer is not wanted. */
  void drop();
}
