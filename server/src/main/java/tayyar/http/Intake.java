package tayyar.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.ApiError;
import tayyar.api.Room;

/**
 * The incoming side of a connection's request: the request that awaits its body, the body read so
 * far, and the rest of a body that is no longer wanted. Used on one event loop.
 */
final class Intake {
  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

  /** The most bytes skipped of a request that was answered by its head. */
  private static final int REST_BYTES_MAX = 64 * 1024;

  private final Live live;
  private @Nullable Asked asked;
  private @Nullable Body body;
  private long announced;
  private boolean expects;
  private long restBytes;

  Intake(Live live) {
    this.live = live;
  }

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
  private @Nullable ApiError keep(Asked its) {
    asked = its;
    live.reading(1);
    body = new Body(its.bodyBytesMax(), announced, its.room());
    return body.foreseen();
  }

  /**
   * Lets a request in by its head, or answers it.
   *
   * @return the error that makes its body unnecessary, which the caller has to answer with; or null
   */
  @Nullable ApiError letIn(Exchange exchange, Routes routes, Room room) {
    Asked its = null;
    try {
      its = routes.begin(exchange, room);
    } catch (RuntimeException e) {
      bug(exchange, e);
    }
    return its == null ? null : keep(its);
  }

  /** Whether a request awaits its body. */
  boolean awaits() {
    return asked != null;
  }

  /** Answers 500 for a bug of ours; only the log has the stack trace. */
  private static void bug(Exchange exchange, RuntimeException e) {
    String id = exchange.requestId();
    LOG.atError().setCause(e).addKeyValue("request_id", id).log("a bug");
    if (!exchange.reply().isOver()) {
      exchange.error(new ApiError.Internal());
    }
  }

  /** Keeps a part of the body; returns the error that refuses it, or null. */
  @Nullable ApiError add(HttpContent part) {
    if (part.decoderResult().isFailure()) {
      return new ApiError.InvalidHttp("its body is not framed as it should be.");
    }
    return add(part.content());
  }

  /** Keeps a part of a body that is framed well. */
  @Nullable ApiError add(ByteBuf part) {
    return body == null ? null : body.add(part);
  }

  /** Gives the whole body to the request that awaits it. */
  void whole(Exchange exchange) {
    try {
      whole();
    } catch (RuntimeException e) {
      bug(exchange, e);
    }
  }

  private void whole() {
    Asked its = asked;
    Body all = body;
    asked = null;
    body = null;
    if (its != null && all != null) {
      try {
        its.body(all.bytes());
      } finally {
        live.reading(-1);
      }
    }
  }

  /** Drops the body and tells the request that awaited it. */
  void drop() {
    Asked its = asked;
    asked = null;
    body = null;
    if (its != null) {
      live.reading(-1);
      its.dropped();
    }
  }

  /** Skips a part; returns whether the connection can go on after it. */
  boolean readsOver(HttpContent part) {
    return part.decoderResult().isSuccess() && readsOver(part.content().readableBytes());
  }

  /** The same for a part of so many bytes that is framed well. */
  boolean readsOver(int bytes) {
    restBytes += bytes;
    return restBytes <= REST_BYTES_MAX;
  }
}
