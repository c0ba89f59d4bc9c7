package tayyar.bench;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is spoken on connections and how often they are used. Immutable.
 *
 * @param http2 whether HTTP/2 is spoken: by ALPN with TLS, by prior knowledge without
 * @param streams the most requests at once on a connection of HTTP/2, 1 to 10000; a server may
 *     allow fewer
 * @param keepAlive whether connections serve several requests
 * @param authorities a PEM file with the certificates that endpoints' are trusted by; null for
 *     Java's own
 */
public record ConnectionUse(
    boolean http2, int streams, boolean keepAlive, @Nullable Path authorities) {
  private static final int STREAMS_MAX = 10_000;

  /** Refuses a number of streams that can't be. */
  public ConnectionUse {
    if (streams < 1 || streams > STREAMS_MAX) {
      throw new PlanException("--streams is " + streams + "; it must be 1 to " + STREAMS_MAX + ".");
    }
  }

  /** The protocol's name. */
  String protocol() {
    return http2 ? "HTTP/2" : "HTTP/1.1";
  }
}
