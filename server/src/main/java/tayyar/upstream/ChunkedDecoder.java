package tayyar.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.internal.StringUtil;
import java.util.List;

/**
 * Netty's decoder of responses, but for the chunks whose size is a line by itself: those are given
 * on as they stand in the buffer, without an object for each. Everything else, and what is
 * malformed among it, is Netty's to read.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-7.1">RFC 9112, section 7.1</a>
 */
final class ChunkedDecoder extends HttpResponseDecoder {
  /** Digits of a size that is surely no more than an int can say. */
  private static final int DIGITS_MAX = 7;

  private static final int LINE_END = 2;
  private static final int INCOMPLETE = -1;
  private static final int NOT_PLAIN = 0;

  /** Takes a part of a chunk. */
  @FunctionalInterface
  interface Data {
    /** Reads exactly so many bytes. */
    void data(ByteBuf in, int count);
  }

  private final Data data;

  /** No response is under way. */
  private boolean idle = true;

  /** The next byte is of a chunk, or of its size. */
  private boolean between;

  /** A chunk was malformed: what follows means nothing. */
  private boolean failed;

  /** A field's name ended with something else than its colon, which others read otherwise. */
  private boolean odd;

  /** Bytes of the chunk under way that are still to come, its line end included. */
  private int left;

  ChunkedDecoder(HttpDecoderConfig config, Data data) {
    super(config);
    this.data = data;
  }

  /** Beyond doubt no response is under way, and no byte has come behind the last one. */
  boolean isAtRest() {
    return idle && !odd && actualReadableBytes() == 0;
  }

  @Override
  protected AsciiString splitHeaderName(byte[] line, int start, int length) {
    odd |= line[start + length] != ':';
    return super.splitHeaderName(line, start, length);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (between) {
      chunks(ctx, in, out);
    }
    if (!between && in.isReadable()) {
      other(ctx, in, out);
    }
  }

  private void chunks(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    while (between && in.isReadable()) {
      if (left == 0) {
        int size = size(in);
        if (size == INCOMPLETE) {
          return;
        }
        between = size != NOT_PLAIN;
        left = between ? size + LINE_END : 0;
      } else if (!take(in)) {
        between = false;
        fail(in, out);
      } else if (!ctx.channel().config().isAutoRead()) {
        given(out);
      }
    }
  }

  /** What is not of the everyday kind. */
  private void other(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (failed) {
      in.skipBytes(in.readableBytes());
      return;
    }
    super.decode(ctx, in, out);
    idle =
        !out.isEmpty()
            && out.getLast() instanceof LastHttpContent end
            && end.decoderResult().isSuccess();
    between = !out.isEmpty() && out.getLast() instanceof HttpResponse head && isChunked(head);
  }

  private void fail(ByteBuf in, List<Object> out) {
    failed = true;
    out.add(malformed());
    in.skipBytes(in.readableBytes());
  }

  /** Reads the line of a chunk's size; nothing is read where it is not plain or not all there. */
  private static int size(ByteBuf in) {
    int from = in.readerIndex();
    int to = Math.min(in.writerIndex(), from + DIGITS_MAX + 1);
    int size = 0;
    for (int at = from; at < to; at++) {
      byte b = in.getByte(at);
      int digit = StringUtil.decodeHexNibble(b);
      if (digit >= 0) {
        size = size << 4 | digit;
      } else if (b != '\r' || size == 0) {
        return NOT_PLAIN;
      } else if (at + 1 == in.writerIndex()) {
        return INCOMPLETE;
      } else if (in.getByte(at + 1) != '\n') {
        return NOT_PLAIN;
      } else {
        in.readerIndex(at + LINE_END);
        return size;
      }
    }
    return to - from <= DIGITS_MAX ? INCOMPLETE : NOT_PLAIN;
  }

  /** Takes what is there of a chunk; false where its data has another end than it should. */
  private boolean take(ByteBuf in) {
    int count = Math.min(left - LINE_END, in.readableBytes());
    if (count > 0) {
      int behind = in.readerIndex() + count;
      left -= count;
      data.data(in, count);
      in.readerIndex(behind);
    }
    while (left <= LINE_END && left > 0 && in.isReadable()) {
      if (in.readByte() != (left == LINE_END ? '\r' : '\n')) {
        return false;
      }
      left--;
    }
    return true;
  }

  /**
   * Where reading was switched off, a decoder that has given nothing on asks for more by itself; so
   * it is to see that something was given.
   *
   * @see io.netty.handler.codec.ByteToMessageDecoder#channelReadComplete
   */
  private static void given(List<Object> out) {
    if (out.isEmpty()) {
      out.add(Unpooled.EMPTY_BUFFER);
    }
  }

  private static HttpContent malformed() {
    var content = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
    content.setDecoderResult(DecoderResult.failure(new CorruptedFrameException("a chunk's end")));
    return content;
  }

  private static boolean isChunked(HttpResponse head) {
    return head.status().code() == 200
        && head.decoderResult().isSuccess()
        && !(head instanceof LastHttpContent)
        && HttpUtil.isTransferEncodingChunked(head);
  }
}
