package tayyar.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http2.Http2Error;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.Deadline;

/**
 * One request of an HTTP/2 connection, from its head to the close of its stream.
 *
 * <pre>
 *   BODY --last byte--> ANSWERING --answered--> OVER   the client has bytes to take
 *     |                                          |
 *     +--answered--> REST --last byte------------+     the rest is short and read over
 * </pre>
 *
 * Lives on the connection's event loop.
 */
final class Http2Request {
  /** The memory of a stream, its request and its reply, without fields. */
  private static final int STREAM_BYTES = 2 * 1024;

  /** The memory of a field besides its name and value, in the form of both versions. */
  private static final int FIELD_BYTES = 256;

  private enum State {
    BODY,
    ANSWERING,
    REST,
    OVER
  }

  private final Http2Connection connection;
  private final int stream;
  private final Server server;
  private final Http2Reply reply;
  private final Intake intake;
  private final Charge charge;
  private final Stall stall = new Stall();
  private State state = State.BODY;
  private long sinceNanos;

  Http2Request(Http2Connection connection, int stream, HttpRequest head, Server server) {
    this.connection = connection;
    this.stream = stream;
    this.server = server;
    this.intake = new Intake(server.live());
    this.charge = new Charge(server.nobody());
    this.reply = new Http2Reply(connection, stream, head, server);
    this.sinceNanos = reply.exchange().startedNanos();
  }

  /**
   * Begins: lets the request in by its head, or answers it.
   *
   * @param end whether the head is all of it
   */
  void begin(HttpRequest head, int headBytes, boolean end) {
    Bounds bounds = server.bounds();
    ApiError wrong = RequestChecks.head(head, bounds);
    if (!charge(headBytes, head.headers().size())) {
      refuse(new ApiError.MemoryFull());
      connection.reset(stream, Http2Error.NO_ERROR);
      return;
    }
    boolean expects = wrong == null && !end && RequestChecks.expectsContinue(head);
    intake.begin(wrong == null ? HttpUtil.getContentLength(head, -1L) : -1, expects);
    if (wrong == null) {
      wrong = intake.letIn(reply.exchange(), server.routes(), server.nobody());
    }
    if (wrong != null) {
      refuse(wrong);
    } else if (expects && intake.awaits()) {
      reply.goOn();
    }
  }

  /** Charges the stream and its head, which is kept in the form of both versions. */
  private boolean charge(int headBytes, int fields) {
    return charge.set(STREAM_BYTES + 2L * headBytes + (long) FIELD_BYTES * fields);
  }

  /** Answers before the request is read to its end. */
  void refuse(ApiError error) {
    intake.drop();
    reply.error(error);
  }

  /** Answers where the body has not come to its end; the server stops. */
  void stop() {
    if (intake.awaits()) {
      refuse(new ApiError.Draining());
    }
  }

  /** Takes a part of the body. */
  void data(ByteBuf part, boolean end) {
    if (state == State.BODY) {
      ApiError wrong = intake.add(part);
      if (wrong != null) {
        refuse(wrong);
      }
    } else if (state == State.REST && !intake.readsOver(part.readableBytes()) && !end) {
      connection.reset(stream, Http2Error.NO_ERROR);
    }
    if (end) {
      ended();
    }
  }

  /** The request has come to its end. */
  void ended() {
    if (state == State.BODY) {
      state = State.ANSWERING;
      intake.whole(reply.exchange());
    } else if (state == State.REST) {
      state = State.OVER;
    }
  }

  /** The answer's last byte was written. */
  void answered() {
    state = state == State.BODY ? State.REST : State.OVER;
    sinceNanos = System.nanoTime();
  }

  /** Returns the bytes that the client leaves unread and that nobody's permit stands for. */
  long unreadBytes() {
    return reply.isOver() && !reply.exchange().isRelayed() ? reply.waitingBytes() : 0;
  }

  /** Looks for what takes too long. */
  void look(long now) {
    long since = now - sinceNanos;
    long unread = stall.lasts(now, unreadBytes());
    switch (state) {
      case BODY -> {
        // One that is being answered needs no body.
        if (intake.awaits() && since >= server.bounds().nanos(Deadline.REQUEST_READ)) {
          refuse(new ApiError.RequestTimeout());
        }
      }
      case REST -> {
        if (since >= server.bounds().nanos(Deadline.REQUEST_READ)) {
          connection.reset(stream, Http2Error.NO_ERROR);
        }
      }
      case ANSWERING -> {
        // The relay has deadlines of its own.
      }
      case OVER -> {
        if (unread >= server.bounds().nanos(Deadline.CLIENT_STALL)) {
          connection.reset(stream, Http2Error.ENHANCE_YOUR_CALM);
        }
      }
    }
  }

  /** Its stream is closed, by either side. */
  void closed() {
    intake.drop();
    charge.drop();
    reply.closed();
  }
}
