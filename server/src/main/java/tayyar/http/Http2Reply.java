package tayyar.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.dialect.ClientDialect;

/**
 * An answer over one stream of an HTTP/2 connection. Each piece is a DATA frame, larger ones are
 * several. What the client has not taken is counted here, whether its window, the connection's or
 * the socket is what holds it. Lives on the connection's event loop.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113">RFC 9113</a>
 */
final class Http2Reply implements ClientReply {
  /** The largest frame that each client takes. */
  private static final int FRAME_BYTES_MAX = Http2CodecUtil.DEFAULT_MAX_FRAME_SIZE;

  private static final int FRAME_HEAD_BYTES = Http2CodecUtil.FRAME_HEADER_LENGTH;

  /** Room for one event, mostly. */
  private static final int EVENT_BYTES = 512;

  private static final Http2Headers EVENT_STREAM = Http2Head.fields(Http1Reply.EVENT_STREAM);
  private static final Http2Headers JSON = Http2Head.fields(Http1Reply.JSON);

  private final Server server;
  private final Http2Connection connection;
  private final int stream;
  private final HttpRequest request;
  private final Exchange exchange;
  private ClientDialect dialect;
  private String target = "";
  private @Nullable Http2Headers streamHead;
  private boolean over;
  private boolean gone;
  private boolean full;
  private long sentBytes;
  private long waitingBytes;

  /** Creates the reply to a request whose head has come. */
  Http2Reply(Http2Connection connection, int stream, HttpRequest request, Server server) {
    this.connection = connection;
    this.stream = stream;
    this.request = request;
    this.server = server;
    this.dialect = server.routes().dialect();
    this.exchange = new Exchange(request, channel().eventLoop(), this);
  }

  /** Returns the request that it answers. */
  Exchange exchange() {
    return exchange;
  }

  /**
   * Its stream is closed, by either side. Where its last bytes are on their way, their own end
   * tells whether the client has got them.
   */
  void closed() {
    gone = true;
    streamHead = null;
    if (!over) {
      exchange.clientGone();
    }
  }

  @Override
  public Channel channel() {
    return connection.channel();
  }

  @Override
  public boolean isOver() {
    return over;
  }

  @Override
  public ClientDialect dialect() {
    return dialect;
  }

  @Override
  public void speak(ClientDialect other) {
    dialect = other;
  }

  /** Ends the connection on too many wrong keys: whoever tries on has to connect again. */
  @Override
  public ChannelFuture error(ApiError error) {
    ChannelFuture written = ClientReply.super.error(error);
    if (error instanceof ApiError.TooManyWrongKeys) {
      connection.leave();
    }
    return written;
  }

  @Override
  public void target(String name) {
    target = name;
  }

  @Override
  public ByteBuf events() {
    return channel().alloc().buffer(EVENT_BYTES);
  }

  @Override
  public void streamHead() {
    streamHead = head(200).add(EVENT_STREAM);
  }

  @Override
  public void flush() {
    if (writeStreamHead()) {
      connection.flush();
    }
  }

  @Override
  public void send(ByteBuf events) {
    writeStreamHead();
    var _ = data(events, false);
    connection.flush();
  }

  @Override
  public ChannelFuture end(ByteBuf events) {
    writeStreamHead();
    return last(data(events, true));
  }

  private boolean writeStreamHead() {
    Http2Headers head = streamHead;
    streamHead = null;
    if (head != null) {
      headers(head, false);
    }
    return head != null;
  }

  @Override
  public ChannelFuture whole(ByteBuf json) {
    return whole(head(200).add(JSON), json);
  }

  @Override
  public ChannelFuture document(Document document) {
    Http2Headers head = head(document.status());
    document
        .fields()
        .forEach(
            (name, value) -> {
              // It is the connection's business, and not there in HTTP/2.
              if (!name.equals("Upgrade")) {
                head.add(Http2Head.name(name), value);
              }
            });
    return document.status() == 304
        ? last(headers(head, true))
        : whole(head, Unpooled.wrappedBuffer(document.body()));
  }

  private ChannelFuture whole(Http2Headers head, ByteBuf body) {
    head.addInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    if (request.method().equals(HttpMethod.HEAD) || !body.isReadable()) {
      body.release();
      return last(headers(head, true));
    }
    headers(head, false);
    return last(data(body, true));
  }

  /**
   * Begins a head. Where the server stops, its client learns with the answer that it has to leave.
   */
  private Http2Headers head(int status) {
    if (server.leaving()) {
      connection.leave();
    }
    return Http2Head.response(status, exchange, connection.always(), target);
  }

  /** Tells the client to send the body that it holds back. */
  void goOn() {
    headers(Http2Head.CONTINUE, false);
    connection.flush();
  }

  private ChannelFuture headers(Http2Headers head, boolean end) {
    int size = FRAME_HEAD_BYTES + Http2Head.bytes(head);
    return gone ? lost() : connection.write(stream, head, end, counted(size));
  }

  private ChannelFuture data(ByteBuf bytes, boolean end) {
    if (gone) {
      bytes.release();
      return lost();
    }
    while (bytes.readableBytes() > FRAME_BYTES_MAX) {
      piece(bytes.readRetainedSlice(FRAME_BYTES_MAX), false);
    }
    return piece(bytes, end);
  }

  private ChannelFuture piece(ByteBuf bytes, boolean end) {
    ChannelPromise promise = counted(FRAME_HEAD_BYTES + bytes.readableBytes());
    return connection.write(stream, bytes, end, promise);
  }

  private ChannelFuture lost() {
    return channel().newFailedFuture(new ClosedChannelException());
  }

  /** Counts bytes as waiting until the socket has taken them. */
  private ChannelPromise counted(int bytes) {
    sentBytes += bytes;
    waitingBytes += bytes;
    full = full || waitingBytes > connection.waitingBytesMax();
    return channel().newPromise().addListener(_ -> taken(bytes));
  }

  private void taken(int bytes) {
    waitingBytes -= bytes;
    if (full && waitingBytes <= connection.waitingBytesMax() / 4) {
      full = false;
      if (!gone) {
        exchange.writabilityChanged();
      }
    }
  }

  private ChannelFuture last(ChannelFuture written) {
    over = true;
    connection.flush();
    connection.answered(stream);
    return written;
  }

  /** Resets the stream; the connection and its other streams go on. */
  @Override
  public void abort() {
    over = true;
    connection.reset(stream, Http2Error.INTERNAL_ERROR);
  }

  @Override
  public boolean writable() {
    return !full;
  }

  /** Counts heads as they are before their compression. */
  @Override
  public long sentBytes() {
    return sentBytes;
  }

  @Override
  public long waitingBytes() {
    return waitingBytes;
  }
}
