package tayyar.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.Refused;
import tayyar.api.Room;

/**
 * Decodes requests and refuses bytes that two servers might read differently. A head that repeats
 * the last one is not decoded again.
 *
 * <p>A request is decoded when its turn comes. Pipelined requests wait as raw bytes; above a bound,
 * reading stops.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-6.3">RFC 9112, section 6.3</a>
 */
final class StrictDecoder extends HttpRequestDecoder {
  /** Bytes that may wait for their turn before reading stops. */
  private static final int AHEAD_BYTES_MAX = 8 * 1024;

  /** The largest head that is not charged to the room. */
  private static final int SMALL_HEAD_BYTES = 2 * 1024;

  /** The memory of a field besides its bytes, in each of its two forms. */
  private static final int LINE_BYTES = 64;

  /** The decision on the next request. */
  enum Next {
    READ,
    HOLD,
    DROP
  }

  /** Decides whether the next request may begin. */
  @FunctionalInterface
  interface Turn {
    /** Returns the decision; called before each request. */
    Next next();
  }

  private final Turn turn;
  private final Room room;
  private final SameHead last = new SameHead();
  private boolean inHead = true;
  private boolean lineRead;
  private boolean refused;
  private int headBytes;
  private int headLines;
  private int taken;

  /**
   * Creates the decoder of one connection.
   *
   * @param room the memory for large heads
   */
  StrictDecoder(Bounds bounds, Turn turn, Room room) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(bounds.of(Bound.REQUEST_LINE_BYTES))
            .setMaxHeaderSize(bounds.of(Bound.HEADER_BYTES))
            .setAllowDuplicateContentLengths(false)
            .setStrictLineParsing(true)
            .setUseRfc9112TransferEncoding(true));
    this.turn = turn;
    this.room = room;
  }

  /** Whether bytes wait for their turn. */
  boolean waits() {
    return internalBuffer().isReadable();
  }

  /** Decodes waiting bytes if their turn has come. */
  void resume(ChannelHandlerContext ctx) {
    if (!ctx.isRemoved() && waits()) {
      try {
        channelRead(ctx, Unpooled.EMPTY_BUFFER);
        ctx.fireChannelReadComplete();
      } catch (Exception e) {
        ctx.fireExceptionCaught(e);
      }
    }
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Content-Length and Transfer-Encoding are given");
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    boolean atItsBegin = inHead && !lineRead;
    if (atItsBegin && !isTurn(ctx, in)) {
      return;
    }
    HttpRequest again = atItsBegin && !refused ? last.read(in) : null;
    if (again != null) {
      out.add(again);
      return;
    }
    if (refused || (inHead && isFolded(in))) {
      refuse(in, out, new IllegalArgumentException("a line of the head is folded"));
      return;
    }
    int from = in.readerIndex();
    boolean inBody = !inHead;
    super.decode(ctx, in, out);
    if (inBody) {
      refuseFolded(in, from, out);
    }
    if (inHead) {
      headBytes += in.readerIndex() - from;
      headLines += lines(in, from);
    }
    lineRead |= hasLine(in, from);
    int kept = headBytes + LINE_BYTES * headLines + in.readableBytes();
    if (inHead && out.isEmpty() && !account(kept)) {
      refuse(in, out, new Refused(new ApiError.MemoryFull()));
      return;
    }
    decoded(in, from, atItsBegin, out);
  }

  private void decoded(ByteBuf in, int from, boolean whole, List<Object> out) {
    for (Object part : out) {
      if (part instanceof HttpRequest || isFailure(part)) {
        last.forget();
      }
      if (whole && part instanceof HttpRequest head) {
        last.learn(in, from, head);
      }
      inHead = part instanceof LastHttpContent || (inHead && !(part instanceof HttpRequest));
      lineRead &= !inHead;
    }
  }

  private static int lines(ByteBuf in, int from) {
    int count = 0;
    for (int at = from; at < in.readerIndex(); at++) {
      count += in.getByte(at) == '\n' ? 1 : 0;
    }
    return count;
  }

  /** Whether a line that is not empty was read. */
  private static boolean hasLine(ByteBuf in, int from) {
    for (int at = from; at < in.readerIndex(); at++) {
      byte b = in.getByte(at);
      if (b != '\r' && b != '\n') {
        return true;
      }
    }
    return false;
  }

  /** Refuses folded lines in trailers. Netty reads trailers line by line, apart from the body. */
  private void refuseFolded(ByteBuf in, int from, List<Object> out) {
    Object part = out.isEmpty() ? null : out.getFirst();
    boolean isData = part instanceof HttpContent content && content.content().isReadable();
    if (isData || isFailure(part) || !isFolded(in, from, in.readerIndex())) {
      return;
    }
    in.skipBytes(in.readableBytes());
    out.clear();
    var nothing = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
    nothing.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("a folded line")));
    out.add(nothing);
    refused = true;
  }

  private static boolean isFolded(ByteBuf in, int from, int end) {
    for (int line = from; line < end; line = in.indexOf(line, end, (byte) '\n') + 1) {
      if (isBlank(in.getByte(line))) {
        return true;
      }
      if (in.indexOf(line, end, (byte) '\n') < 0) {
        return false;
      }
    }
    return false;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private static boolean isFailure(@Nullable Object part) {
    return part instanceof HttpObject object && object.decoderResult().isFailure();
  }

  /**
   * Whether a line of the head begins with white space: the obsolete line folding, which some
   * servers read as a field of its own. Earlier calls have read whole lines only; empty lines
   * before the first are ignored.
   */
  private boolean isFolded(ByteBuf in) {
    int end = in.writerIndex();
    int line = in.readerIndex();
    boolean first = !lineRead;
    while (line < end) {
      byte begin = in.getByte(line);
      boolean isEmpty = begin == '\r' || begin == '\n';
      if (isEmpty && !first) {
        return false;
      }
      if (isBlank(begin)) {
        return true;
      }
      int feed = in.indexOf(line, end, (byte) '\n');
      line = feed < 0 ? end : feed + 1;
      first &= isEmpty;
    }
    return false;
  }

  /** Whether the next request may begin now. */
  private boolean isTurn(ChannelHandlerContext ctx, ByteBuf in) {
    switch (turn.next()) {
      case READ -> {
        forgetHead();
        return true;
      }
      case HOLD -> {
        if (in.readableBytes() > AHEAD_BYTES_MAX) {
          ctx.channel().config().setAutoRead(false);
        }
      }
      case DROP -> in.skipBytes(in.readableBytes());
    }
    return false;
  }

  /** Charges a large head to the room, until the next one begins. */
  private boolean account(int bytes) {
    if (bytes <= Math.max(taken, SMALL_HEAD_BYTES)) {
      return true;
    }
    int more = 2 * bytes - taken;
    boolean there = room.take(more);
    taken += there ? more : 0;
    return there;
  }

  private void forgetHead() {
    headBytes = 0;
    headLines = 0;
    if (taken > 0) {
      room.give(taken);
      taken = 0;
    }
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    forgetHead();
    super.handlerRemoved0(ctx);
  }

  /**
   * Keeps the waiting bytes when the client ends its sending side; Netty's method would drop them.
   */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof ChannelInputShutdownEvent) {
      ctx.fireUserEventTriggered(event);
    } else {
      super.userEventTriggered(ctx, event);
    }
  }

  /** Reads no more where reading is off; Netty's method would, where nothing could be decoded. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    if (waits() && !ctx.channel().config().isAutoRead()) {
      ctx.fireChannelReadComplete();
    } else {
      super.channelReadComplete(ctx);
    }
  }

  private void refuse(ByteBuf in, List<Object> out, RuntimeException why) {
    in.skipBytes(in.readableBytes());
    if (!refused) {
      refused = true;
      var nothing = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
      nothing.setDecoderResult(DecoderResult.failure(why));
      out.add(nothing);
    }
  }
}
