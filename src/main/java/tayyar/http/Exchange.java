package tayyar.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Ended;
import tayyar.api.Endpoint;
import tayyar.api.Trace;
import tayyar.dialect.ClientDialect;
import tayyar.dialect.Reply;
import tayyar.stream.Relay;

/** One request and its answer over HTTP/1.1 or 1.0. Lives on its connection's event loop. */
final class Exchange implements Reply {
  /** Room for a chunk's size in hexadecimal and its line end. */
  private static final int FRAME = 10;

  /**
   * A body up to this size is copied behind its head: that costs less than a write of two parts.
   */
  private static final int TOGETHER_BYTES_MAX = 4 * 1024;

  /** Room for what is mostly one event. */
  private static final int EVENT_BYTES = 512;

  /** Room for a short answer with its head, and for a stream's first events. */
  private static final int FIRST_BYTES = 1536;

  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);
  private static final byte[] LINE_END = {'\r', '\n'};
  private static final byte[] EVENT_STREAM =
      ResponseHead.lines(
          "Content-Type: text/event-stream; charset=utf-8",
          "Cache-Control: no-cache, no-transform",
          "X-Accel-Buffering: no");
  private static final byte[] CHUNKED = ResponseHead.lines("Transfer-Encoding: chunked");
  private static final byte[] JSON = ResponseHead.lines("Content-Type: application/json");
  private static final byte[] LENGTH = ResponseHead.name("Content-Length");
  private static final byte[] LIMIT = ResponseHead.name("X-RateLimit-Limit-Requests");
  private static final byte[] REMAINING = ResponseHead.name("X-RateLimit-Remaining-Requests");
  private static final byte[] LAST_CHUNK = "\r\n0\r\n\r\n".getBytes(US_ASCII);

  private final Channel channel;
  private final Http1Connection connection;
  private final HttpRequest request;
  private final BooleanSupplier draining;
  private final ClientDialect dialect;
  private final long startedAtMs = System.currentTimeMillis();
  private final String requestId = RequestIds.next(startedAtMs);
  private final long startedNanos = System.nanoTime();
  private boolean keepAlive;
  private boolean chunked;
  private boolean over;
  private int limit = -1;
  private int remaining;
  private boolean exposesTarget;
  private String target = "";
  private @Nullable Relay relay;
  private Trace trace = Trace.NONE;
  private Endpoint endpoint = Endpoint.CHAT;
  private int bytesIn;
  private long sentBytes;
  private @Nullable ByteBuf streamHead;

  Exchange(
      Channel channel,
      Http1Connection connection,
      HttpRequest request,
      boolean keepAlive,
      BooleanSupplier draining,
      ClientDialect dialect) {
    this.channel = channel;
    this.connection = connection;
    this.request = request;
    this.keepAlive = keepAlive;
    this.draining = draining;
    this.dialect = dialect;
  }

  String requestId() {
    return requestId;
  }

  long startedAtMs() {
    return startedAtMs;
  }

  long startedNanos() {
    return startedNanos;
  }

  /** Its place in a trace. */
  Trace trace() {
    return trace;
  }

  /** What is asked, for the record of it. */
  void asked(Endpoint at, Trace its) {
    endpoint = at;
    trace = its;
  }

  /** How large its body is, for the record of it. */
  void bodyBytes(int count) {
    bytesIn = count;
  }

  /** How it went where no target was asked. */
  Ended.Course course() {
    return new Ended.Course(endpoint, "", bytesIn, sentBytes, 0, List.of(), trace);
  }

  HttpMethod method() {
    return request.method();
  }

  String uri() {
    return request.uri();
  }

  HttpHeaders headers() {
    return request.headers();
  }

  EventLoop loop() {
    return channel.eventLoop();
  }

  boolean draining() {
    return draining.getAsBoolean();
  }

  boolean isOver() {
    return over;
  }

  /** What the answer's X-RateLimit headers are to say. */
  void rateLimit(int limit, int remaining) {
    this.limit = limit;
    this.remaining = remaining;
  }

  /** Its connection is closed. */
  void closed() {
    if (streamHead != null) {
      streamHead.release();
      streamHead = null;
    }
    if (relay != null) {
      relay.clientGone();
    }
  }

  /** Who is told when the client leaves or its socket takes bytes again. */
  void relay(Relay relay) {
    this.relay = relay;
  }

  @Nullable Relay relay() {
    return relay;
  }

  /** The answer's head is to say which target gave it. */
  void exposeTarget() {
    exposesTarget = true;
  }

  @Override
  public void target(String name) {
    target = name;
  }

  /** No further request is read from this connection. */
  void closeAfter() {
    keepAlive = false;
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

  /** What is to be written now; the head goes with the first events. */
  private ByteBuf behindHead(ByteBuf ready) {
    ByteBuf head = streamHead;
    if (head == null) {
      return ready;
    }
    streamHead = null;
    return together(head, ready);
  }

  /** Both in one buffer, or the first one written and the second to be. */
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

  /** Browsers alone say whose page asks. */
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

  /** Puts the chunk's size in front of the data, into the room left for it. */
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

  /** Answers with a document of any type. */
  ChannelFuture whole(ResponseHead head, ByteBuf body) {
    head.header(LENGTH, body.readableBytes());
    if (request.method().equals(HttpMethod.HEAD)) {
      body.release();
      return bare(head);
    }
    ByteBuf out = counted(head.end());
    counted(body);
    return last(channel.writeAndFlush(together(out, body)));
  }

  /** Answers with a head alone. */
  ChannelFuture bare(ResponseHead head) {
    return last(channel.writeAndFlush(counted(head.end())));
  }

  @Override
  public ChannelFuture error(ApiError error) {
    boolean stopping = error instanceof ApiError.Draining;
    keepAlive &= !stopping;
    ResponseHead head = head(error.status()).fields(JSON);
    if (error.retryAfterSeconds() > 0) {
      head.header("Retry-After", Integer.toString(error.retryAfterSeconds()));
    }
    if (error instanceof ApiError.MethodNotAllowed wrong) {
      head.header("Allow", wrong.allow());
    }
    return whole(head, Unpooled.wrappedBuffer(dialect.error(error)));
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
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting == null ? 0 : waiting.totalPendingWriteBytes();
  }

  /** The head every answer has; the connection's fate is decided here. */
  ResponseHead head(int status) {
    keepAlive &= !draining() && connection.readsOn();
    var head = new ResponseHead(channel.alloc().buffer(FIRST_BYTES), status, requestId);
    if (limit >= 0) {
      head.header(LIMIT, limit);
      head.header(REMAINING, remaining);
    }
    if (exposesTarget && !target.isEmpty()) {
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
