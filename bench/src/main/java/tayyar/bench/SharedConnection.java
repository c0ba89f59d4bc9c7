package tayyar.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection of HTTP/2, which has many requests at a time, each on a stream of its own. Lives
 * on one event loop.
 *
 * <pre>
 *   OPENING --SETTINGS--> OPEN --GOAWAY, an error, the end--> OVER
 * </pre>
 *
 * The first requests wait until the server has said how many streams it allows.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113">RFC 9113</a>
 */
final class SharedConnection extends Http2ConnectionHandler {
  /** What a server may send ahead of its reader on all streams, as browsers allow. */
  private static final int WINDOW_BYTES = 16 * 1024 * 1024;

  /** Streams have odd numbers of 31 bits. */
  private static final int REQUESTS_MAX = 1 << 29;

  private static final long NOT_RESET = -1;

  private final Http2Connections pool;
  private final Lane lane;
  private final EndpointLink link;
  private final ConnectionUse use;
  private final Http2Connection.PropertyKey request = connection().newKey();
  private final Deque<MeasuredRequest> waiting = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext context;
  private boolean settled;
  private boolean over;
  private int requests;

  /** Why its requests fail; empty while nothing is known but that it has ended. */
  private String failure = "";

  /** The code by which the stream is reset that is about to be closed. */
  private long resetCode = NOT_RESET;

  SharedConnection(
      Http2Connections pool,
      Lane lane,
      EndpointLink link,
      ConnectionUse use,
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings) {
    super(decoder, encoder, settings, true, true);
    this.pool = pool;
    this.lane = lane;
    this.link = link;
    this.use = use;
    var frames = new Frames();
    connection().addListener(frames);
    decoder.frameListener(frames);
  }

  // --- requests

  /** Whether it takes one more request. */
  boolean hasRoom() {
    if (isOver()) {
      return false;
    }
    int underWay = connection().local().numActiveStreams() + waiting.size();
    return use.keepAlive() ? underWay < streamsMax() : requests + underWay == 0;
  }

  private int streamsMax() {
    return settled
        ? Math.min(use.streams(), connection().local().maxActiveStreams())
        : use.streams();
  }

  /** Whether it takes none any more. */
  boolean isOver() {
    return over || connection().goAwayReceived() || requests >= REQUESTS_MAX;
  }

  /** Takes a request, which waits where the server has not said yet what it allows. */
  void take(MeasuredRequest measured) {
    if (settled) {
      begin(measured);
    } else {
      waiting.add(measured);
    }
  }

  /** The server has told its settings. */
  private void settled() {
    settled = true;
    for (MeasuredRequest next = waiting.poll(); next != null; next = waiting.poll()) {
      if (next.isEnded()) {
        continue;
      }
      if (streamsMax() <= 0) {
        next.fail("no_streams");
      } else if (connection().local().numActiveStreams() < streamsMax()) {
        begin(next);
      } else {
        pool.send(next);
      }
    }
  }

  private void begin(MeasuredRequest measured) {
    ChannelHandlerContext ctx = context();
    int id = connection().local().incrementAndGetNextStreamId();
    ByteBuf body = lane.buffer();
    measured.drawn().write(body);
    Http2Headers head = link.head(body.readableBytes());
    requests++;
    encoder().writeHeaders(ctx, id, head, 0, false, ctx.newPromise());
    Http2Stream stream = connection().stream(id);
    if (stream == null) {
      body.release();
      measured.fail("no_answer");
      return;
    }
    stream.setProperty(request, measured);
    measured.on(() -> drop(stream));
    encoder().writeData(ctx, id, body, 0, true, ctx.newPromise());
    flush(ctx);
  }

  private void drop(Http2Stream stream) {
    if (stream.removeProperty(request) != null) {
      cancel(stream);
      flush(context());
    }
  }

  private void cancel(Http2Stream stream) {
    ChannelHandlerContext ctx = context();
    resetStream(ctx, stream.id(), Http2Error.CANCEL.code(), ctx.newPromise());
  }

  private @Nullable MeasuredRequest of(@Nullable Http2Stream stream) {
    return stream == null ? null : stream.getProperty(request);
  }

  // --- answers

  private final class Frames extends Http2EventAdapter {
    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
      settled();
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int id,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean end) {
      Http2Stream stream = connection().stream(id);
      MeasuredRequest measured = of(stream);
      if (measured == null) {
        return;
      }
      if (!measured.isAnswered()) {
        head(measured, headers);
      }
      if (end) {
        whole(stream, measured);
      }
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end) {
      int bytes = data.readableBytes() + padding;
      Http2Stream stream = connection().stream(id);
      MeasuredRequest measured = of(stream);
      if (measured != null && data.isReadable()) {
        measured.body(data);
      }
      if (measured != null && end) {
        whole(stream, measured);
      }
      return bytes;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int id, long code) {
      resetCode = code;
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
      long code = resetCode;
      resetCode = NOT_RESET;
      MeasuredRequest measured = stream.removeProperty(request);
      if (measured != null) {
        closed(measured, isUnseen(stream, code));
      }
      closeBehindTheLast();
    }

    @Override
    public void onGoAwayReceived(int last, long code, ByteBuf why) {
      // Streams that it leaves out are closed behind this.
      context().executor().execute(SharedConnection.this::closeBehindTheLast);
    }
  }

  private void head(MeasuredRequest measured, Http2Headers headers) {
    int status = status(headers.status());
    if (status == 0) {
      measured.fail("bad_http");
    } else if (status >= 200) {
      measured.head(status, text(headers, lane.targetHeader()), text(headers, "content-type"));
    }
  }

  private static int status(@Nullable CharSequence said) {
    boolean good =
        said != null && said.length() == 3 && said.chars().allMatch(c -> c >= '0' && c <= '9');
    return good ? Integer.parseInt(said, 0, 3, 10) : 0;
  }

  private static String text(Http2Headers headers, String name) {
    CharSequence value = headers.get(name);
    return value == null ? "" : value.toString();
  }

  private void whole(Http2Stream stream, MeasuredRequest measured) {
    if (measured.isEnded()) {
      return;
    }
    if (!measured.isAnswered()) {
      measured.fail("bad_http");
      return;
    }
    stream.removeProperty(request);
    if (stream.state() == Http2Stream.State.OPEN) {
      cancel(stream); // The server has answered before it read the request to its end.
    }
    measured.bodyEnd();
    if (!use.keepAlive()) {
      over = true;
      context().close();
    }
  }

  /** A connection that takes no more requests ends with its last one. */
  private void closeBehindTheLast() {
    if (isOver() && connection().local().numActiveStreams() == 0) {
      context().close();
    }
  }

  /** Whether a server says of a stream that it has done nothing with its request. */
  private boolean isUnseen(Http2Stream stream, long code) {
    return code == Http2Error.REFUSED_STREAM.code()
        || (connection().goAwayReceived()
            && stream.id() > connection().local().lastStreamKnownByPeer());
  }

  private void closed(MeasuredRequest measured, boolean unseen) {
    if (unseen && measured.maySendAgain()) {
      lane.again(measured);
    } else if (failure.isEmpty()) {
      measured.broken();
    } else {
      measured.fail(failure);
    }
  }

  // --- the end

  /** It could not be made, or has ended: its requests fail for this reason. */
  void lost(String why) {
    over = true;
    failure = failure.isEmpty() ? why : failure;
    for (MeasuredRequest next = waiting.poll(); next != null; next = waiting.poll()) {
      next.fail(failure);
    }
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
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    super.channelActive(ctx);
    var windows = decoder().flowController();
    windows.incrementWindowSize(
        connection().connectionStream(),
        WINDOW_BYTES - windows.windowSize(connection().connectionStream()));
    flush(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    over = true;
    super.channelInactive(ctx);
    lost("no_answer");
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent done) {
      SslHandler tls = ctx.pipeline().get(SslHandler.class);
      if (!done.isSuccess()) {
        ends(ctx, "tls");
      } else if (!ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol())) {
        ends(ctx, "no_http2");
      }
    }
    super.userEventTriggered(ctx, event);
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException why) {
    MeasuredRequest measured = of(connection().stream(why.streamId()));
    if (measured != null) {
      measured.fail("bad_http");
    }
    super.onStreamError(ctx, outbound, cause, why);
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx, boolean outbound, Throwable cause, @Nullable Http2Exception why) {
    if (why == null && cause instanceof RuntimeException) {
      lane.fault(cause);
    }
    super.onConnectionError(ctx, outbound, cause, why);
    ends(ctx, "bad_http");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    boolean tls = cause instanceof SSLException || cause.getCause() instanceof SSLException;
    if (!tls && cause instanceof RuntimeException && !(cause instanceof CodecException)) {
      lane.fault(cause);
    }
    ends(ctx, tls ? "tls" : failure);
  }

  private void ends(ChannelHandlerContext ctx, String why) {
    failure = failure.isEmpty() ? why : failure;
    over = true;
    ctx.close();
  }
}
