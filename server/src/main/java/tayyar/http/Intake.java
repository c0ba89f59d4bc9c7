package tayyar.http;

import io.netty.handler.codec.http.HttpContent;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;

/**
 * The way in of a connection's request: what waits for its body, the body as far as it has come,
 * and the rest of one that nobody waits for any more. Used on one event loop.
 */
final class Intake {
  /** What is read over of a request that was answered by its head. */
  private static final int REST_BYTES_MAX = 64 * 1024;

  private @Nullable Asked asked;
  private @Nullable Body body;
  private long announced;
  private boolean expects;
  private long restBytes;

  /**
   * Another request begins.
   *
   * @param announced the bytes of its body; -1 where nothing is said
   * @param expects whether its client waits for a word before it sends the body
   */
  void begin(long announced, boolean expects) {
    this.announced = announced;
    this.expects = expects;
    restBytes = 0;
  }

  /** Whether a body that nobody waits for is too long to be read over. */
  boolean isLong() {
    return expects || announced > REST_BYTES_MAX;
  }

  /** Keeps the body for one who waits for it; returns why it need not come, or null. */
  @Nullable ApiError keep(Asked its) {
    asked = its;
    body = new Body(its.bodyBytesMax(), announced, its.room());
    return body.foreseen();
  }

  /** Keeps a part of the body; returns why it can't be kept, or null. */
  @Nullable ApiError add(HttpContent part) {
    if (part.decoderResult().isFailure()) {
      return new ApiError.InvalidHttp("its body is not framed as it should be.");
    }
    return body == null ? null : body.add(part.content());
  }

  /** The body is whole: gives it to the one who waits for it. */
  void whole() {
    Asked its = asked;
    Body all = body;
    asked = null;
    body = null;
    if (its != null && all != null) {
      its.body(all.bytes());
    }
  }

  /** Nobody waits any more. */
  void drop() {
    Asked its = asked;
    asked = null;
    body = null;
    if (its != null) {
      its.dropped();
    }
  }

  /** Reads a part over; returns whether the connection can go on behind it. */
  boolean readsOver(HttpContent part) {
    restBytes += part.content().readableBytes();
    return part.decoderResult().isSuccess() && restBytes <= REST_BYTES_MAX;
  }
}
