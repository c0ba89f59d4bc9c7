package tayyar.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.dialect.ClientDialect;
import tayyar.wire.Ascii;

/**
 * An answer over HTTP/1.1 or 1.0. It owns the connection from its first byte to its last. Lives on
 * the connection's event loop.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112</a>
 */
final class Http1Reply implements ClientReply {
  /** Room for a chunk's size in hexadecimal and its line end. */
  private static final int FRAME = 10;

  /**
   * A body up to this size is copied behind its head: that costs less than a write of two parts.
   */
  private static final int TOGETHER_BYTES_MAX = 4 * 1024;

  /** Room for one event, mostly. */
  private static final int EVENT_BYTES = 512;

  /** Room for a short answer with its head, and for a stream's first events. */
  private static final int FIRST_BYTES = 1536;

  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);
  private static final byte[] LINE_END = {'\r', '\n'};
  static final byte[] EVENT_STREAM =
      ResponseHead.lines(
          "Content-Type: text/event-stream; charset=utf-8",
          "Cache-Control: no-cache, no-transform",
          "X-Accel-Buffering: no");
  private static final byte[] CHUNKED = ResponseHead.lines("Transfer-Encoding: chunked");
  static final byte[] JSON = ResponseHead.lines("Content-Type: application/json");
  private static final byte[] LENGTH = ResponseHead.name("Content-Length");
  private static final ResponseHead.LeftNames REQUESTS = ResponseHead.LeftNames.of("Requests");
  private static final ResponseHead.LeftNames TOKENS = ResponseHead.LeftNames.of("Tokens");
  private static final byte[] LAST_CHUNK = "\r\n0\r\n\r\n".getBytes(US_ASCII);

  private final Channel channel;
  private final Http1Connection connection;
  private final HttpRequest request;
  private final Exchange exchange;
  private ClientDialect dialect;
  private boolean keepAlive;
  private boolean chunked;
  private boolean headOut;
  private boolean over;
  private String target = "";
  private long sentBytes;
  private @Nullable ByteBuf streamHead;

  /**
   * Creates the reply to a request whose head has come.
   *
   * @param keepAlive whether the client wants to keep the connection
   * @param dialect the dialect of the errors
   */
  Http1Reply(
      Channel channel,
      Http1Connection connection,
      HttpRequest request,
      boolean keepAlive,
      ClientDialect dialect) {
    this.channel = channel;
    this.connection = connection;
    this.request = request;
    this.keepAlive = keepAlive;
    this.dialect = dialect;
    this.exchange = new Exchange(request, channel.eventLoop(), this);
  }

  /**
   * Writes an error for somebody whose request is not read.
   *
   * @param always the common fields of the listener's answers
   */
  static ByteBuf bare(
      ByteBufAllocator buffers, ApiError error, ClientDialect dialect, byte[] always) {
    Document document = Document.of(error, dialect);
    String id = RequestIds.next(System.currentTimeMillis());
    var head = new ResponseHead(buffers.buffer(FIRST_BYTES), document.status(), id, always);
    document.fields().forEach(head::header);
    head.header("Connection", "close").header(LENGTH, document.body().length);
    return head.end().writeBytes(document.body());
  }

  /** Returns the request that it answers. */
  Exchange exchange() {
    return exchange;
  }

  @Override
  public ClientDialect dialect() {
    return dialect;
  }

  @Override
  public void speak(ClientDialect other) {
    dialect = other;
  }

  @Override
  public boolean isOver() {
    return over;
  }

  /** Closes the connection after this answer. */
  void closeAfter() {
    keepAlive = false;
  }

  /** Whether probes can tell if a client that ended its sending side is still there. */
  boolean outlives() {
    return request.protocolVersion().equals(HttpVersion.HTTP_1_1);
  }

  /**
   * Writes bytes without a meaning: an interim answer, or a comment between two events.
   *
   * @return whether there was a place for such bytes
   */
  boolean probe() {
    if (over || waitingBytes() > 0) {
      return false;
    }
    if (headOut) {
      ByteBuf comment = events();
      Ascii.write(comment, ":\n\n");
      send(comment);
    } else {
      channel.writeAndFlush(RequestChecks.goOn(channel.alloc()), channel.voidPromise());
    }
    return true;
  }

  /** Its connection is closed. */
  void closed() {
    if (streamHead != null) {
      streamHead.release();
      streamHead = null;
    }
    exchange.clientGone();
  }

  @Override
  public Channel channel() {
    return channel;
  }

  /** Closes the connection on too many wrong keys: whoever tries on has to connect again. */
  @Override
  public ChannelFuture error(ApiError error) {
    keepAlive &= !(error instanceof ApiError.TooManyWrongKeys);
    return ClientReply.super.error(error);
  }

  @Override
  public void target(String name) {
    target = name;
  }

  @Override
  public ByteBuf events() {
    int room = sentBytes < FIRST_BYTES ? FIRST_BYTES : EVENT_BYTES;
    return channel.alloc().buffer(room).writeZero(FRAME).readerIndex(FRAME);
  }

  @Override
  public void streamHead() {
    chunked = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
    keepAlive &= chunked;
    ResponseHead head = head(200).fields(EVENT_STREAM);
    if (chunked) {
      head.fields(CHUNKED);
    }
    streamHead = counted(head.end());
  }

  @Override
  public void flush() {
    ByteBuf head = streamHead;
    if (head != null) {
      streamHead = null;
      headOut = true;
      channel.writeAndFlush(head, channel.voidPromise());
    }
  }

  @Override
  public void send(ByteBuf events) {
    ByteBuf ready = counted(framed(events, LINE_END));
    channel.writeAndFlush(behindHead(ready), channel.voidPromise());
    if (waitingBytes() > 0) {
      connection.lags();
    }
  }

  @Override
  public ChannelFuture end(ByteBuf events) {
    ByteBuf ready = counted(framed(events, LAST_CHUNK));
    return last(channel.writeAndFlush(behindHead(ready)));
  }

  /** Returns the bytes to write now: the events, with the head before the first of them. */
  private ByteBuf behindHead(ByteBuf ready) {
    ByteBuf head = streamHead;
    if (head == null) {
      return ready;
    }
    streamHead = null;
    headOut = true;
    return together(head, ready);
  }

  /** Returns head and body in one buffer; a large body alone, after writing the head. */
  private ByteBuf together(ByteBuf head, ByteBuf body) {
    if (body.readableBytes() > TOGETHER_BYTES_MAX) {
      channel.write(head, channel.voidPromise());
      return body;
    }
    head.writeBytes(body);
    body.release();
    return head;
  }

  private ByteBuf framed(ByteBuf events, byte[] end) {
    ByteBuf whole = sentBytes < FirstRead.BYTES ? padded(events) : events;
    return chunked ? frame(whole).writeBytes(end) : whole;
  }

  /** Whether a browser asks for a page: only browsers send {@code Origin}. */
  private boolean isForAPage() {
    return request.headers().contains(HttpHeaderNames.ORIGIN);
  }

  private ByteBuf padded(ByteBuf events) {
    int frame = chunked ? digits(events.readableBytes()) + LINE_END.length : 0;
    int left = FirstRead.BYTES - (int) sentBytes - frame;
    return left > 0 && left < events.readableBytes() && isForAPage()
        ? FirstRead.padded(events, left, this::events)
        : events;
  }

  private static int digits(int size) {
    return (Integer.SIZE - Integer.numberOfLeadingZeros(size) + 3) / 4;
  }

  private ByteBuf counted(ByteBuf bytes) {
    sentBytes += bytes.readableBytes();
    return bytes;
  }

  /** Writes the chunk's size into the room left in front of the data. */
  private static ByteBuf frame(ByteBuf events) {
    int size = events.readableBytes();
    int at = FRAME;
    events.setByte(--at, '\n');
    events.setByte(--at, '\r');
    do {
      events.setByte(--at, HEX[size & 15]);
      size >>>= 4;
    } while (size != 0);
    return events.readerIndex(at);
  }

  @Override
  public ChannelFuture whole(ByteBuf json) {
    return whole(head(200).fields(JSON), json);
  }

  @Override
  public ChannelFuture document(Document document) {
    ResponseHead head = head(document.status());
    document.fields().forEach(head::header);
    return document.status() == 304
        ? last(channel.writeAndFlush(counted(head.end())))
        : whole(head, Unpooled.wrappedBuffer(document.body()));
  }

  private ChannelFuture whole(ResponseHead head, ByteBuf body) {
    ByteBuf out = counted(head.header(LENGTH, body.readableBytes()).end());
    if (request.method().equals(HttpMethod.HEAD)) {
      body.release();
      return last(channel.writeAndFlush(out));
    }
    counted(body);
    return last(channel.writeAndFlush(together(out, body)));
  }

  @Override
  public void abort() {
    over = true;
    channel.close();
  }

  @Override
  public boolean writable() {
    return channel.isWritable();
  }

  @Override
  public long sentBytes() {
    return sentBytes;
  }

  @Override
  public long waitingBytes() {
    return Backlog.waitingBytes(channel);
  }

  /** Writes the common part of each head, and decides whether the connection is kept. */
  private ResponseHead head(int status) {
    keepAlive &= connection.readsOn();
    ByteBuf out = channel.alloc().buffer(FIRST_BYTES);
    var head = new ResponseHead(out, status, exchange.requestId(), connection.always());
    head.left(REQUESTS, exchange.requestsLeft());
    head.left(TOKENS, exchange.tokensLeft());
    if (exchange.exposesTarget() && !target.isEmpty()) {
      head.header("X-Tayyar-Target", target);
    }
    if (!keepAlive) {
      head.header("Connection", "close");
    } else if (request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
      head.header("Connection", "keep-alive");
    }
    return head;
  }

  private ChannelFuture last(ChannelFuture written) {
    over = true;
    connection.answered(this, keepAlive, written);
    return written;
  }
}
