package tayyar.http;

import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;

/**
 * A client's connection as its listener sees it, whatever is spoken on it. All but {@link #isIdle},
 * {@link #isNew}, {@link #holdsMemory} and {@link #channel} are called on its event loop.
 */
interface Connection {
  /** What a client may take from its connection to the first request, where the server stops. */
  long NEW_NANOS = TimeUnit.SECONDS.toNanos(1);

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

  /**
   * Closes it where it is idle, a new one a little later: the server is about to stop, and takes no
   * further connection.
   */
  void drain();

  /** Whether no request has come yet; other threads may read an older state. */
  default boolean isNew() {
    return false;
  }

  /** Answers a request that has not come to its end: the time to drain is over. */
  void stop();

  /** Closes it in any state. */
  void close();

  /** Returns what has taken its place on the channel; itself where nothing has. */
  default Connection current() {
    return this;
  }
}
