package tayyar.http;

import io.netty.handler.codec.http.HttpContent;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;

/**
 * The incoming side of a connection's request: the request that awaits its body, the body read so
 * far, and the rest of a body that is no longer wanted. Used on one event loop.
 */
final class Intake {
  /** The most bytes skipped of a request that was answered by its head. */
  private static final int REST_BYTES_MAX = 64 * 1024;

  private @Nullable Asked asked;
  private @Nullable Body body;
  private long announced;
  private boolean expects;
  private long restBytes;

  /**
   * Begins another request.
   *
   * @param announced the length of its body; -1 where the head names none
   * @param expects whether its client waits for {@code 100 Continue} before it sends the body
   */
  void begin(long announced, boolean expects) {
    this.announced = announced;
    this.expects = expects;
    restBytes = 0;
  }

  /** Whether an unwanted body is too long to be skipped. */
  boolean isLong() {
    return expects || announced > REST_BYTES_MAX;
  }

  /**
   * Keeps the body for an admitted request; returns the error that makes it unnecessary, or null.
   */
  @Nullable ApiError keep(Asked its) {
    asked = its;
    body = new Body(its.bodyBytesMax(), announced, its.room());
    return body.foreseen();
  }

  /** Keeps a part of the body; returns the error that refuses it, or null. */
  @Nullable ApiError add(HttpContent part) {
    if (part.decoderResult().isFailure()) {
      return new ApiError.InvalidHttp("its body is not framed as it should be.");
    }
    return body == null ? null : body.add(part.content());
  }

  /** Gives the whole body to the request that awaits it. */
  void whole() {
    Asked its = asked;
    Body all = body;
    asked = null;
    body = null;
    if (its != null && all != null) {
      its.body(all.bytes());
    }
  }

  /** Drops the body and tells the request that awaited it. */
  void drop() {
    Asked its = asked;
    asked = null;
    body = null;
    if (its != null) {
      its.dropped();
    }
  }

  /** Skips a part; returns whether the connection can go on after it. */
  boolean readsOver(HttpContent part) {
    restBytes += part.content().readableBytes();
    return part.decoderResult().isSuccess() && restBytes <= REST_BYTES_MAX;
  }
}
