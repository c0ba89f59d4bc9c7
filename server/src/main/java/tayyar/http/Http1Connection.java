package tayyar.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.wire.Deadlines;

/**
 * One client connection. It reads one request at a time, in order; the bytes of later ones wait in
 * the {@link StrictDecoder}. A request's head decides whether it is admitted or answered at once;
 * only the body of an admitted request is kept.
 *
 * <pre>
 *   IDLE --preface--> PREFACE --> HTTP/2 takes its place
 *   IDLE --head--> BODY --last byte--> ANSWERING --answered--> IDLE
 *                    |                                    |
 *                    +--answered--> REST --last byte--> IDLE   the rest is short and read over
 *                    +--answered, to be closed--> LINGERING    the rest is read over for a while
 * </pre>
 *
 * Lives on one event loop.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter
    implements Connection, StrictDecoder.Turn {
  private enum State {
    IDLE,
    PREFACE,
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
  private final Intake intake;
  private final Backlog backlog;
  private final Parting parting;
  private State state = State.IDLE;
  private long sinceNanos = System.nanoTime();
  private @Nullable Http1Reply reply;

  private boolean yielding;

  /** What has taken its place. */
  private @Nullable Connection next;

  Http1Connection(Server server, Channel channel) {
    this.server = server;
    this.bounds = server.bounds();
    this.channel = channel;
    this.decoder = new StrictDecoder(bounds, this, server.nobody());
    this.deadlines = new Deadlines(channel.eventLoop(), System::nanoTime, this::look);
    this.backlog = new Backlog(server, channel);
    this.intake = new Intake(server.live());
    this.parting = new Parting(channel);
  }

  /** Returns the decoder that stands before it in the pipeline. */
  StrictDecoder decoder() {
    return decoder;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    open();
  }

  /** Begins on a channel that is open. */
  void open() {
    if (server.open().opened(this)) {
      deadlines.start(nextLook(System.nanoTime()));
    } else {
      channel.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    server.open().closed(this);
    deadlines.stop();
    parting.closed();
    backlog.read();
    intake.drop();
    if (reply != null) {
      reply.closed();
    }
  }

  @Override
  public StrictDecoder.Next next() {
    return switch (state) {
      case IDLE ->
          channel.isWritable() && !yielding ? StrictDecoder.Next.READ : StrictDecoder.Next.HOLD;
      case PREFACE, BODY, REST, ANSWERING -> StrictDecoder.Next.HOLD;
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
        if (state == State.BODY && reply != null) {
          body(reply, content);
        } else if (state == State.REST) {
          rest(content);
        } else if (state == State.PREFACE) {
          goOnWithHttp2();
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(HttpRequest head) {
    ApiError wrong = RequestChecks.head(head, bounds);
    boolean fine = wrong == null;
    if (!fine && reply == null && server.http2() && Http2Head.isPreface(head, channel)) {
      state = State.PREFACE;
      return;
    }
    var opened =
        new Http1Reply(
            channel, this, head, fine && RequestChecks.keepAlive(head), server.routes().dialect());
    reply = opened;
    state = State.BODY;
    sinceNanos = opened.exchange().startedNanos();
    backlog.begin();
    boolean expects = fine && RequestChecks.hasBody(head) && RequestChecks.expectsContinue(head);
    intake.begin(fine ? HttpUtil.getContentLength(head, -1L) : -1, expects);
    if (wrong != null) {
      refuse(opened, wrong);
    } else {
      letIn(opened, expects);
    }
  }

  /** Gives the channel to HTTP/2, which the client knows to be spoken here. */
  private void goOnWithHttp2() {
    deadlines.stop();
    server.open().closed(this);
    next = server.http2(this);
  }

  private void letIn(Http1Reply opened, boolean expects) {
    ApiError foreseen = intake.letIn(opened.exchange(), server.routes(), server.nobody());
    if (foreseen != null) {
      refuse(opened, foreseen);
    } else if (expects && intake.awaits()) {
      channel.writeAndFlush(RequestChecks.goOn(channel.alloc()), channel.voidPromise());
    }
  }

  private void body(Http1Reply open, HttpContent content) {
    ApiError wrong = intake.add(content);
    if (wrong != null) {
      refuse(open, wrong);
    } else if (content instanceof LastHttpContent) {
      state = State.ANSWERING;
      intake.whole(open.exchange());
    }
  }

  /** Skips the rest of a request that is answered. */
  private void rest(HttpContent content) {
    if (!intake.readsOver(content)) {
      state = State.LINGERING;
      parting.linger();
    } else if (content instanceof LastHttpContent) {
      idle();
    }
  }

  /** Returns the header fields common to all answers. */
  byte[] always() {
    return server.always();
  }

  /** Whether the connection can go on after an answer that is given now. */
  boolean readsOn() {
    return !server.leaving() && (state != State.BODY || !intake.isLong());
  }

  /** Answers before the request is read to its end, and closes the connection. */
  private void refuse(Http1Reply open, ApiError error) {
    intake.drop();
    open.closeAfter();
    open.error(error);
  }

  /** An answer's last byte has been written. */
  void answered(Http1Reply done, boolean keepAlive, ChannelFuture written) {
    if (reply != done) {
      return;
    }
    boolean readToTheEnd = state == State.ANSWERING;
    sinceNanos = System.nanoTime();
    parting.answered(written);
    if (keepAlive && !server.open().draining()) {
      state = State.REST;
      if (readToTheEnd) {
        idle();
      }
      return;
    }
    state = State.LINGERING;
    if (readToTheEnd) {
      parting.close();
    } else {
      parting.linger();
    }
  }

  private void idle() {
    state = State.IDLE;
    sinceNanos = System.nanoTime();
    goOn();
  }

  /**
   * Decodes the next request once its turn has come: one at a time, in turn with other connections.
   */
  private void goOn() {
    if (next() == StrictDecoder.Next.HOLD) {
      return;
    }
    channel.config().setAutoRead(true);
    if (decoder.waits()) {
      yielding = true;
      channel.eventLoop().execute(this::resume);
    } else if (parting.isInputEnded()) {
      parting.close();
    }
  }

  private void resume() {
    yielding = false;
    ChannelHandlerContext ctx = channel.pipeline().context(decoder);
    if (ctx != null) {
      decoder.resume(ctx);
    }
    if (parting.isInputEnded() && state == State.IDLE) {
      inputEnded();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (Parting.isTheEnd(event) && !parting.isInputEnded()) {
      parting.inputEnded(this::probe);
      inputEnded();
    }
  }

  /** No byte comes any more; requests that came whole are still answered. */
  private void inputEnded() {
    switch (state) {
      case IDLE -> {
        if (next() == StrictDecoder.Next.READ) {
          parting.close();
        }
      }
      case PREFACE, BODY -> channel.close();
      case REST, LINGERING -> parting.close();
      case ANSWERING -> {
        if (reply == null || !reply.outlives() || !parting.mayAnswer()) {
          channel.close();
        } else if (!decoder.waits()) {
          reply.closeAfter();
        }
      }
    }
  }

  /** Writes a probe where an answer runs; returns whether it did. */
  private boolean probe() {
    return state == State.ANSWERING && reply != null && reply.probe();
  }

  @Override
  public void drain() {
    if (isNew() || (state == State.IDLE && decoder.waits())) {
      deadlines.sooner(NEW_NANOS);
    } else if (state == State.IDLE) {
      channel.close();
    }
  }

  @Override
  public boolean isNew() {
    return reply == null;
  }

  @Override
  public Connection current() {
    return next == null ? this : next;
  }

  @Override
  public boolean isIdle() {
    return state == State.IDLE;
  }

  @Override
  public void makeRoom() {
    if (state == State.IDLE && !decoder.waits()) {
      channel.close();
    } else if (channel.isActive()) {
      server.open().keep(this);
    }
  }

  @Override
  public void stop() {
    if (state == State.BODY && reply != null) {
      refuse(reply, new ApiError.Draining());
    }
  }

  @Override
  public void close() {
    channel.close();
  }

  @Override
  public Channel channel() {
    return channel;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (reply != null) {
      reply.exchange().writabilityChanged();
    }
    if (channel.isWritable()) {
      backlog.read();
      goOn();
    } else if (state != State.ANSWERING && !backlog.waits()) {
      channel.close();
    }
  }

  /** Its socket did not take all of a write. */
  void lags() {
    backlog.lags();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Parting.told(cause);
    ctx.close();
  }

  private long look(long now) {
    boolean drained = server.open().draining() && (isNew() || state == State.IDLE);
    if (!drained && limitNanos() > now - sinceNanos) {
      return nextLook(now);
    }
    if (state == State.BODY && reply != null) {
      refuse(reply, new ApiError.RequestTimeout());
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
      case PREFACE, BODY, REST -> bounds.nanos(Deadline.REQUEST_READ);
      case ANSWERING -> Long.MAX_VALUE;
      case LINGERING -> TimeUnit.SECONDS.toNanos(30);
    };
  }
}
