package tayyar.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.HeaderListSizeException;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.wire.Deadlines;

/**
 * One client connection that speaks HTTP/2. Each of its streams is a {@link Http2Request}; what
 * concerns the connection as a whole is here: its end, its memory, its deadlines. Lives on one
 * event loop.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113">RFC 9113</a>
 */
final class Http2Connection extends Http2ConnectionHandler implements Connection {
  /** For a client to take the last bytes that wait in sockets. */
  private static final long TAKEN_MS = 15_000;

  /** For a client that broke a rule to read which one. */
  private static final long BROKEN_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final Server server;
  private final Bounds bounds;
  private final Channel channel;
  private final Refusals refusals;
  private final Deadlines deadlines;
  private final Backlog backlog;
  private final Http2Memory memory;
  private final Stall stall = new Stall();
  private final FrameWatch frames = new FrameWatch(System::nanoTime);
  private final Http2Requests requests;
  private long sinceNanos = System.nanoTime();
  private boolean leaving;
  private boolean broken;
  private boolean parting;
  private @Nullable ChannelHandlerContext context;

  Http2Connection(
      Server server,
      Channel channel,
      Refusals refusals,
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings) {
    super(decoder, encoder, settings, true, true);
    this.server = server;
    this.bounds = server.bounds();
    this.channel = channel;
    this.refusals = refusals;
    this.deadlines = new Deadlines(channel.eventLoop(), System::nanoTime, this::look);
    this.backlog = new Backlog(server, channel);
    this.memory = new Http2Memory(server.nobody());
    this.requests = new Http2Requests(connection());
    var streams = new Http2Streams(this, requests);
    connection().addListener(streams);
    decoder.frameListener(streams);
  }

  /** Begins on a channel that is open. */
  void open() {
    server.open().keepSpare(this, Http2Memory.SPARE_BYTES);
    if (!server.open().opened(this) || !memory.keeps(0)) {
      channel.close();
      return;
    }
    deadlines.start(nextLook());
    try {
      var windows = decoder().flowController();
      int more = Http2Codec.WINDOW_BYTES - windows.initialWindowSize();
      windows.incrementWindowSize(connection().connectionStream(), more);
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
    flush();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    super.channelInactive(ctx);
    server.open().closed(this);
    deadlines.stop();
    backlog.read();
    memory.drop();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (broken) {
      ReferenceCountUtil.release(message);
    } else if (message instanceof ByteBuf bytes && !frames.looksOver(bytes)) {
      bytes.release();
      var flood = Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many frames");
      onError(ctx, false, flood);
    } else {
      super.channelRead(ctx, message);
      frames.decoded();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    super.channelReadComplete(ctx);
    if (channel.isActive() && !memory.keeps(frames.blockBytes() + actualReadableBytes())) {
      ctx.close();
    }
  }

  /** Begins the request of a head, which may be all of it. */
  Http2Request begin(int stream, Http2Headers headers, boolean end) throws Http2Exception {
    HttpRequest head = Http2Head.request(stream, headers, bounds);
    Http2Request opened = open(stream, head);
    opened.begin(head, Http2Head.bytes(headers), end);
    return opened;
  }

  private Http2Request open(int stream, HttpRequest head) {
    var opened = new Http2Request(this, stream, head, server);
    requests.add(stream, opened);
    return opened;
  }

  /** The stream of a request is closed, by either side. */
  void closed(Http2Request its) {
    sinceNanos = System.nanoTime();
    its.closed();
    settle();
    if (isIdle() && leaving) {
      part(TAKEN_MS);
    }
  }

  /** Closes the connection once the client has been given all that was written. */
  private void part(long lingerMs) {
    if (!parting && channel.isActive()) {
      parting = true;
      Parting.behindAll(context(), lingerMs);
    }
  }

  /** A request's trailers are too large: the reset that follows ends it. */
  @Override
  protected void handleServerHeaderDecodeSizeError(ChannelHandlerContext ctx, Http2Stream stream) {}

  /**
   * Answers a head that is larger than the codec reads, as any that is refused; the codec itself
   * would reset the stream behind the answer. Returns whether the stream could be opened.
   */
  private boolean tooLarge(int id) {
    try {
      boolean ends = frames.ends(id);
      connection().remote().createStream(id, ends).headersReceived(false);
      Http2Request its = open(id, Http2Head.unread());
      its.refuse(new ApiError.HeadersTooLarge(bounds.of(Bound.HEADER_BYTES)));
      if (ends) {
        its.ended();
      }
      return true;
    } catch (Http2Exception e) {
      return false;
    }
  }

  /** Returns the header fields common to all answers. */
  Http2Headers always() {
    return server.alwaysFields();
  }

  /** Returns the most bytes that wait on one stream before it takes no more for now. */
  int waitingBytesMax() {
    return server.tight() ? Backlog.FEW_BYTES_MAX : Server.WATER_MARKS.high();
  }

  ChannelFuture write(int stream, Http2Headers head, boolean end, ChannelPromise promise) {
    return encoder().writeHeaders(context(), stream, head, 0, end, promise);
  }

  ChannelFuture write(int stream, ByteBuf data, boolean end, ChannelPromise promise) {
    frames.sent(data.readableBytes());
    return encoder().writeData(context(), stream, data, 0, end, promise);
  }

  /** Sends what was written, as far as the client takes it. */
  void flush() {
    flush(context());
  }

  /**
   * Ends a stream by an error of its own. What was on its way to a stream that is refused or reset
   * already is passed over.
   */
  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException why) {
    boolean gone = connection().stream(why.streamId()) == null;
    boolean head = gone && why instanceof HeaderListSizeException size && size.duringDecode();
    if (head && tooLarge(why.streamId())) {
      return;
    }
    if (refusals.add(why.streamId()) || !gone) {
      super.onStreamError(ctx, outbound, cause, why);
    }
  }

  /** Ends a stream at once. */
  void reset(int stream, Http2Error why) {
    refusals.add(stream);
    resetStream(context(), stream, why.code(), channel.newPromise());
    flush();
  }

  /** An answer's last byte has been written. */
  void answered(int stream) {
    Http2Request its = requests.of(stream);
    if (its != null) {
      its.answered();
      if (!settle() && its.unreadBytes() > 0) {
        reset(stream, Http2Error.ENHANCE_YOUR_CALM);
      }
    }
  }

  /** Charges answers that the client leaves unread; returns whether there is room for them. */
  private boolean settle() {
    if (channel.isWritable()) {
      backlog.read();
    }
    return memory.unread(requests.unreadBytes());
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    super.channelWritabilityChanged(ctx);
    // A client that does not read its answers is not heard.
    channel.config().setAutoRead(channel.isWritable());
    if (channel.isWritable()) {
      settle();
    } else if (isIdle() && !backlog.waits()) {
      channel.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (Parting.isTheEnd(event)) {
      channel.close();
    } else {
      super.userEventTriggered(ctx, event);
    }
  }

  /** A client broke the rules of the connection, or a bug is ours: it ends with the reason. */
  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx, boolean outbound, Throwable cause, @Nullable Http2Exception why) {
    if (why == null) {
      Parting.told(cause);
    }
    if (!broken) {
      broken = true;
      if (channel.isActive()) {
        deadlines.sooner(BROKEN_NANOS);
      }
      super.onConnectionError(ctx, outbound, cause, why);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Parting.told(cause);
    ctx.close();
  }

  /** Takes no more requests; closes the connection once the last is answered. */
  void leave() {
    leave(Parting.LINGER_MS);
  }

  private void leave(long lingerMs) {
    if (!leaving && channel.isActive()) {
      leaving = true;
      int last = connection().remote().lastStreamCreated();
      long code = Http2Error.NO_ERROR.code();
      goAway(context(), last, code, Unpooled.EMPTY_BUFFER, channel.newPromise());
      flush();
    }
    if (isIdle()) {
      part(lingerMs);
    }
  }

  @Override
  public Channel channel() {
    return channel;
  }

  @Override
  public boolean isIdle() {
    return requests.count() == 0;
  }

  @Override
  public void makeRoom() {
    if (channel.isActive() && !isIdle()) {
      server.open().keep(this);
    } else if (channel.isActive()) {
      // Its memory is given back with its close.
      leave(server.open().hasSpare(Http2Memory.SPARE_BYTES) ? Parting.LINGER_MS : 0);
    }
  }

  @Override
  public boolean holdsMemory() {
    return true;
  }

  @Override
  public void drain() {
    if (isNew()) {
      deadlines.sooner(NEW_NANOS);
    } else {
      leave();
    }
  }

  @Override
  public boolean isNew() {
    return connection().remote().lastStreamCreated() == 0;
  }

  @Override
  public void stop() {
    requests.each(Http2Request::stop);
  }

  @Override
  public void close() {
    leave();
    channel.close();
  }

  private long look(long now) {
    if (broken) {
      channel.close();
      return 0;
    }
    if (stall.lasts(now, Backlog.waitingBytes(channel)) >= bounds.nanos(Deadline.CLIENT_STALL)) {
      // What its streams hold would never be let go: their resets wait as well.
      channel.close();
      return 0;
    }
    requests.each(each -> each.look(now));
    settle();
    boolean drained = server.open().draining() && isNew();
    if (drained || (isIdle() && now - sinceNanos >= bounds.nanos(Deadline.IDLE))) {
      leave();
    }
    return nextLook();
  }

  private long nextLook() {
    long idle = bounds.nanos(Deadline.IDLE) - (System.nanoTime() - sinceNanos);
    long request = bounds.nanos(Deadline.REQUEST_READ) / 2;
    return Math.max(1_000_000, isIdle() ? Math.min(idle, request) : request);
  }
}
