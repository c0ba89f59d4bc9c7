package tayyar.http;

import io.netty.handler.codec.http2.DefaultHttp2Connection;
import java.util.LinkedHashSet;

/**
 * The streams of a connection, with those that were refused or reset by us: what the client has
 * sent on them before it knew is no mistake of its own. The codec knows nothing of a stream that it
 * has refused, and would end the whole connection. Used on one event loop.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113#section-5.1">RFC 9113, section 5.1</a>
 */
final class Refusals extends DefaultHttp2Connection {
  /** So many are remembered, the latest ones. */
  private static final int MOST = 1_024;

  private final LinkedHashSet<Integer> streams = new LinkedHashSet<>();

  Refusals() {
    super(true, 0);
  }

  /** Remembers one; returns whether it is news. */
  boolean add(int stream) {
    boolean news = streams.add(stream);
    if (streams.size() > MOST) {
      streams.removeFirst();
    }
    return news;
  }

  @Override
  public boolean streamMayHaveExisted(int stream) {
    return super.streamMayHaveExisted(stream) || streams.contains(stream);
  }
}
