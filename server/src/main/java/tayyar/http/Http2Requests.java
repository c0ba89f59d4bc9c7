package tayyar.http;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The requests under way on one connection, by their streams. Used on one event loop. */
final class Http2Requests {
  private final Http2Connection connection;
  private final Http2Connection.PropertyKey key;
  private int count;
  private long unreadBytes;

  Http2Requests(Http2Connection connection) {
    this.connection = connection;
    this.key = connection.newKey();
  }

  /** Returns the number of them; other threads may read an older one. */
  int count() {
    return count;
  }

  /** Returns the request of a stream that is there, or null. */
  @Nullable Http2Request of(int stream) {
    return of(connection.stream(stream));
  }

  private @Nullable Http2Request of(@Nullable Http2Stream stream) {
    return stream == null ? null : stream.getProperty(key);
  }

  void add(int stream, Http2Request its) {
    connection.stream(stream).setProperty(key, its);
    count++;
  }

  /** Takes out the request of a stream that is closed; returns it, or null. */
  @Nullable Http2Request remove(Http2Stream stream) {
    Http2Request its = stream.removeProperty(key);
    count -= its == null ? 0 : 1;
    return its;
  }

  /** Acts on each. */
  void each(Consumer<Http2Request> act) {
    try {
      connection.forEachActiveStream(
          stream -> {
            Http2Request its = of(stream);
            if (its != null) {
              act.accept(its);
            }
            return true;
          });
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the bytes of short answers that the client leaves unread. */
  long unreadBytes() {
    unreadBytes = 0;
    each(one -> unreadBytes += one.unreadBytes());
    return unreadBytes;
  }
}
