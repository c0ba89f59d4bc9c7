package tayyar.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.ApiError;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.process.Vital;
import tayyar.wire.Deadlines;

/**
 * One client connection: reads one request at a time, in the order they came; the bytes of others
 * wait in the {@link StrictDecoder}. A request is let in, or answered, by its head; only the body
 * of one that is let in is kept.
 *
 * <pre>
 *   IDLE --head--> BODY --last byte--> ANSWERING --answered--> IDLE
 *                    |                                    |
 *                    +--answered--> REST --last byte--> IDLE   the rest is short and read over
 *                    +--answered, to be closed--> LINGERING    the rest is read over for a while
 * </pre>
 *
 * Lives on one event loop.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter implements StrictDecoder.Turn {
  private static final Logger LOG = LoggerFactory.getLogger(Http1Connection.class);
  private static final long LINGER_MS = 3_000;

  /** What is read over of a request that was answered by its head. */
  private static final int REST_BYTES_MAX = 64 * 1024;

  /** What a client that does not read its answers is accounted for. */
  private static final int UNREAD_BYTES = 128 * 1024;

  private static final WriteBufferWaterMark FEW = new WriteBufferWaterMark(2 * 1024, 8 * 1024);

  private enum State {
    IDLE,
    BODY,
    REST,
    ANSWERING,
    LINGERING
  }

  private final Server server;
  private final Bounds bounds;
  private final Channel channel;
  private final StrictDecoder decoder;
  private final Deadlines deadlines;
  private State state = State.IDLE;
  private long sinceNanos = System.nanoTime();
  private @Nullable Exchange exchange;
  private @Nullable Asked asked;
  private @Nullable Body body;

  /** The last answer, which may not be taken yet when its request is still read over. */
  private @Nullable ChannelFuture answer;

  private long restBytes;
  private boolean restIsLong;
  private boolean unread;
  private boolean yielding;
  private boolean lagging;

  Http1Connection(Server server, Channel channel) {
    this.server = server;
    this.bounds = server.bounds();
    this.channel = channel;
    this.decoder = new StrictDecoder(bounds, this, server.nobody());
    this.deadlines = new Deadlines(channel.eventLoop(), System::nanoTime, this::look);
  }

  /** What gives it its requests; stands before it in the pipeline. */
  StrictDecoder decoder() {
    return decoder;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (server.opened(this)) {
      deadlines.start(nextLook(System.nanoTime()));
    } else {
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    server.closed(this);
    deadlines.stop();
    read();
    dropAsked();
    if (exchange != null) {
      exchange.closed();
    }
  }

  @Override
  public StrictDecoder.Next next() {
    return switch (state) {
      case IDLE ->
          channel.isWritable() && !yielding ? StrictDecoder.Next.READ : StrictDecoder.Next.HOLD;
      case BODY, REST, ANSWERING -> StrictDecoder.Next.HOLD;
      case LINGERING -> StrictDecoder.Next.DROP;
    };
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof HttpRequest head && state == State.IDLE) {
        begin(head);
      }
      if (message instanceof HttpContent content) {
        if (state == State.BODY) {
          body(content);
        } else if (state == State.REST) {
          rest(content);
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(HttpRequest head) {
    ApiError wrong = RequestChecks.head(head, bounds);
    boolean keepAlive = wrong == null && RequestChecks.keepAlive(head);
    boolean expects = wrong == null && RequestChecks.expectsContinue(head);
    long length = wrong == null ? HttpUtil.getContentLength(head, -1L) : -1;
    var opened =
        new Exchange(channel, this, head, keepAlive, server::draining, server.routes().dialect());
    exchange = opened;
    state = State.BODY;
    sinceNanos = opened.startedNanos();
    restBytes = 0;
    if (lagging) {
      lagging = false;
      channel.config().setWriteBufferWaterMark(Server.WATER_MARKS);
    }
    restIsLong = expects || length > REST_BYTES_MAX;
    if (wrong != null) {
      refuse(opened, wrong);
    } else {
      letIn(opened, length, expects);
    }
  }

  private void letIn(Exchange opened, long length, boolean expects) {
    try {
      asked = server.routes().begin(opened);
    } catch (RuntimeException e) {
      bug(opened, e);
    }
    if (asked == null) {
      return;
    }
    body = new Body(bounds.of(Bound.BODY_BYTES), length, asked.room());
    ApiError foreseen = body.foreseen();
    if (foreseen != null) {
      refuse(opened, foreseen);
    } else if (expects) {
      channel.writeAndFlush(RequestChecks.goOn(channel.alloc()), channel.voidPromise());
    }
  }

  private void body(HttpContent content) {
    Body collected = body;
    Exchange open = exchange;
    if (collected == null || open == null) {
      return;
    }
    if (content.decoderResult().isFailure()) {
      refuse(open, new ApiError.InvalidHttp("its body is not framed as it should be."));
      return;
    }
    ApiError wrong = collected.add(content.content());
    if (wrong != null) {
      refuse(open, wrong);
    } else if (content instanceof LastHttpContent) {
      body = null;
      state = State.ANSWERING;
      handle(open, collected.bytes());
    }
  }

  /** Reads over what is left of a request that is answered. */
  private void rest(HttpContent content) {
    restBytes += content.content().readableBytes();
    if (content.decoderResult().isFailure() || restBytes > REST_BYTES_MAX) {
      state = State.LINGERING;
      if (answer != null) {
        answer.addListener(this::linger);
      }
    } else if (content instanceof LastHttpContent) {
      idle();
    }
  }

  /** Whether the connection can go on behind an answer that is given now. */
  boolean readsOn() {
    return state != State.BODY || !restIsLong;
  }

  private void handle(Exchange open, byte[] bytes) {
    Asked its = asked;
    asked = null;
    try {
      if (its != null) {
        its.body(bytes);
      }
    } catch (RuntimeException e) {
      bug(open, e);
    }
  }

  private void dropAsked() {
    Asked its = asked;
    asked = null;
    body = null;
    if (its != null) {
      its.dropped();
    }
  }

  /** A fault of ours: told without its trace, and logged with it. */
  private void bug(Exchange open, RuntimeException e) {
    LOG.atError().setCause(e).addKeyValue("request_id", open.requestId()).log("a bug");
    if (!open.isOver()) {
      open.error(new ApiError.Internal());
    }
  }

  /** Answers before the request is read to its end; the connection can't be used again. */
  private void refuse(Exchange open, ApiError error) {
    dropAsked();
    open.closeAfter();
    open.error(error);
  }

  /** An answer's last byte has been written. */
  void answered(Exchange done, boolean keepAlive, ChannelFuture written) {
    if (exchange != done) {
      return;
    }
    boolean readToTheEnd = state == State.ANSWERING;
    sinceNanos = System.nanoTime();
    answer = written;
    if (!keepAlive) {
      state = State.LINGERING;
      written.addListener(readToTheEnd ? ChannelFutureListener.CLOSE : this::linger);
    } else if (readToTheEnd) {
      idle();
    } else {
      state = State.REST;
    }
  }

  private void idle() {
    state = State.IDLE;
    sinceNanos = System.nanoTime();
    goOn();
  }

  /** Takes the next request up, if it is its turn: one at a time, between those of others. */
  private void goOn() {
    if (next() == StrictDecoder.Next.HOLD) {
      return;
    }
    channel.config().setAutoRead(true);
    if (decoder.waits()) {
      yielding = true;
      channel.eventLoop().execute(this::resume);
    }
  }

  private void resume() {
    yielding = false;
    ChannelHandlerContext ctx = channel.pipeline().context(decoder);
    if (ctx != null) {
      decoder.resume(ctx);
    }
  }

  /**
   * Closes our half and reads the rest over: closing at once would reset the connection, and the
   * client might never see the answer.
   */
  private void linger(io.netty.util.concurrent.Future<?> written) {
    if (!written.isSuccess()) {
      channel.close();
      return;
    }
    channel.config().setAutoRead(true);
    if (channel instanceof DuplexChannel duplex) {
      duplex.shutdownOutput();
    }
    channel.eventLoop().schedule(() -> channel.close(), LINGER_MS, TimeUnit.MILLISECONDS);
  }

  /** The server is about to stop: a connection nobody uses is closed. */
  void drain() {
    if (state == State.IDLE && !decoder.waits()) {
      channel.close();
    }
  }

  /** Closes it, whatever it does. */
  void close() {
    channel.close();
  }

  Channel channel() {
    return channel;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (exchange != null && exchange.relay() != null) {
      exchange.relay().writabilityChanged();
    }
    if (channel.isWritable()) {
      read();
      goOn();
    } else if (state != State.ANSWERING && !unread) {
      unread = server.nobody().take(UNREAD_BYTES);
      if (!unread) {
        channel.close();
      }
    }
  }

  /** Its socket did not take all of a write: where memory is short, less may wait there. */
  void lags() {
    if (!lagging && server.tight()) {
      lagging = true;
      channel.config().setWriteBufferWaterMark(FEW);
    }
  }

  /** The client has read its answers, or never will. */
  private void read() {
    if (unread) {
      unread = false;
      server.nobody().give(UNREAD_BYTES);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Vital.check(cause);
    if (!(cause instanceof java.io.IOException)) {
      LOG.atError().setCause(cause).log("a bug on a client's connection");
    }
    ctx.close();
  }

  private long look(long now) {
    long over = limitNanos() - (now - sinceNanos);
    if (over > 0) {
      return nextLook(now);
    }
    if (state == State.BODY && exchange != null) {
      refuse(exchange, new ApiError.RequestTimeout());
      return nextLook(now);
    }
    channel.close();
    return 0;
  }

  private long nextLook(long now) {
    long in = Math.min(limitNanos() - (now - sinceNanos), bounds.nanos(Deadline.REQUEST_READ) / 2);
    return Math.max(1_000_000, in);
  }

  private long limitNanos() {
    return switch (state) {
      case IDLE -> bounds.nanos(Deadline.IDLE);
      case BODY, REST -> bounds.nanos(Deadline.REQUEST_READ);
      case ANSWERING -> Long.MAX_VALUE;
      case LINGERING -> TimeUnit.SECONDS.toNanos(30);
    };
  }
}
