package tayyar.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.stream.Deadlines;

/**
 * One client connection: reads one request at a time, in the order they came; pipelined ones wait,
 * and when many wait, reading stops.
 *
 * <pre>
 *   IDLE --head--> BODY --last byte--> ANSWERING --answered--> IDLE
 *                    |                                    |
 *                    +--refused, to be closed--> LINGERING: answered, the rest is read over
 * </pre>
 *
 * Lives on one event loop.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Http1Connection.class);
  private static final int WAITING_MAX = 16;
  private static final long LINGER_MS = 3_000;

  private enum State {
    IDLE,
    BODY,
    ANSWERING,
    LINGERING
  }

  private final Server server;
  private final Bounds bounds;
  private final Channel channel;
  private final Deadlines deadlines;
  private final ArrayDeque<HttpObject> waiting = new ArrayDeque<>();
  private State state = State.IDLE;
  private long sinceNanos = System.nanoTime();
  private @Nullable Exchange exchange;
  private @Nullable Body body;
  private boolean taking;

  Http1Connection(Server server, Channel channel) {
    this.server = server;
    this.bounds = server.bounds();
    this.channel = channel;
    this.deadlines = new Deadlines(channel.eventLoop(), System::nanoTime, this::look);
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
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
    if (exchange != null) {
      exchange.closed();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (state == State.LINGERING) {
      ReferenceCountUtil.release(message);
      return;
    }
    waiting.add((HttpObject) message);
    if (waiting.size() > WAITING_MAX && state == State.ANSWERING) {
      channel.config().setAutoRead(false);
    }
    takeWaiting();
  }

  /** Takes what has come, as far as the state allows. */
  private void takeWaiting() {
    if (taking) {
      return;
    }
    taking = true;
    try {
      while (!waiting.isEmpty() && (state == State.IDLE || state == State.BODY)) {
        HttpObject next = waiting.poll();
        try {
          take(next);
        } finally {
          ReferenceCountUtil.release(next);
        }
      }
    } finally {
      taking = false;
    }
  }

  private void take(HttpObject next) {
    if (next instanceof HttpRequest head) {
      begin(head);
    }
    if (next instanceof HttpContent content && state == State.BODY && exchange != null) {
      body(exchange, content);
    }
  }

  private void begin(HttpRequest head) {
    ApiError wrong = RequestChecks.head(head, bounds);
    boolean keepAlive = wrong == null && RequestChecks.keepAlive(head);
    var opened = new Exchange(channel, this, head, keepAlive, server::draining);
    exchange = opened;
    state = State.BODY;
    sinceNanos = opened.startedNanos();
    if (wrong != null) {
      refuse(opened, wrong);
      return;
    }
    body = new Body(bounds.bodyBytesMax(), HttpUtil.getContentLength(head, -1L));
    if (RequestChecks.expectsContinue(head)) {
      channel.writeAndFlush(RequestChecks.goOn(channel.alloc()), channel.voidPromise());
    }
  }

  private void body(Exchange open, HttpContent content) {
    Body collected = body;
    if (collected == null) {
      return;
    }
    if (content.decoderResult().isFailure()) {
      refuse(open, new ApiError.InvalidHttp("its body is not framed as it should be."));
    } else if (!collected.add(content.content())) {
      refuse(open, new ApiError.BodyTooLarge(bounds.bodyBytesMax()));
    } else if (content instanceof LastHttpContent) {
      body = null;
      state = State.ANSWERING;
      handle(open, collected.bytes());
    }
  }

  private void handle(Exchange open, byte[] bytes) {
    try {
      server.routes().handle(open, bytes);
    } catch (RuntimeException e) {
      bug(open, e);
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
    open.closeAfter();
    open.error(error);
  }

  /** An answer's last byte has been written. */
  void answered(Exchange done, boolean keepAlive, ChannelFuture written) {
    if (exchange != done) {
      return;
    }
    boolean readToTheEnd = state == State.ANSWERING;
    if (keepAlive && readToTheEnd) {
      state = State.IDLE;
      sinceNanos = System.nanoTime();
      channel.config().setAutoRead(true);
      if (!waiting.isEmpty()) {
        channel.eventLoop().execute(this::takeWaiting);
      }
    } else {
      state = State.LINGERING;
      sinceNanos = System.nanoTime();
      written.addListener(readToTheEnd ? ChannelFutureListener.CLOSE : this::linger);
    }
  }

  /**
   * Closes our half and reads the rest over: closing at once would reset the connection, and the
   * client might never see the answer.
   */
  private void linger(io.netty.util.concurrent.Future<?> written) {
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
    body = null;
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
    if (state == State.IDLE && waiting.isEmpty()) {
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
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
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
    long in = Math.min(limitNanos() - (now - sinceNanos), bounds.requestRead().toNanos() / 2);
    return Math.max(1_000_000, in);
  }

  private long limitNanos() {
    return switch (state) {
      case IDLE -> bounds.idle().toNanos();
      case BODY -> bounds.requestRead().toNanos();
      case ANSWERING -> Long.MAX_VALUE;
      case LINGERING -> TimeUnit.SECONDS.toNanos(30);
    };
  }
}
