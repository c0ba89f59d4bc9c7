package tayyar.http;

import io.netty.channel.Channel;

/**
 * A client's connection as its listener sees it, whatever is spoken on it. All but {@link #isIdle},
 * {@link #holdsMemory} and {@link #channel} are called on its event loop.
 */
interface Connection {
  /** Returns its channel. */
  Channel channel();

  /** Whether it is idle; other threads may read an older state. */
  boolean isIdle();

  /** Whether an idle one holds memory that the server accounts for; for any thread. */
  default boolean holdsMemory() {
    return false;
  }

  /** Closes it to make room for another connection, unless a request has come meanwhile. */
  void makeRoom();

  /** Closes it where it is idle; the server is about to stop. */
  void drain();

  /** Closes it in any state. */
  void close();

  /** Returns what has taken its place on the channel; itself where nothing has. */
  default Connection current() {
    return this;
  }
}
