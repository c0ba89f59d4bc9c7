package tayyar.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import tayyar.api.Bounds;

/**
 * Decodes requests and refuses what two servers might read in two ways. A head that is the same as
 * the one before is not decoded again.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-6.3">RFC 9112, section 6.3</a>
 */
final class StrictDecoder extends HttpRequestDecoder {
  private final SameHead last = new SameHead();
  private boolean inHead = true;
  private boolean lineRead;
  private boolean refused;

  StrictDecoder(Bounds bounds) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(bounds.requestLineBytesMax())
            .setMaxHeaderSize(bounds.headerBytesMax())
            .setAllowDuplicateContentLengths(false)
            .setStrictLineParsing(true)
            .setUseRfc9112TransferEncoding(true));
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Content-Length and Transfer-Encoding are given");
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    boolean atItsBegin = inHead && !lineRead;
    HttpRequest again = atItsBegin && !refused ? last.read(in) : null;
    if (again != null) {
      out.add(again);
      return;
    }
    if (refused || (inHead && isFolded(in))) {
      refuse(in, out);
      return;
    }
    int from = in.readerIndex();
    super.decode(ctx, in, out);
    lineRead |= in.readerIndex() > from;
    for (Object part : out) {
      if (part instanceof HttpRequest || isFailure(part)) {
        last.forget();
      }
      if (atItsBegin && part instanceof HttpRequest head) {
        last.learn(in, from, head);
      }
      inHead = part instanceof LastHttpContent || (inHead && !(part instanceof HttpRequest));
      lineRead &= !inHead;
    }
  }

  private static boolean isFailure(Object part) {
    return part instanceof HttpObject object && object.decoderResult().isFailure();
  }

  /**
   * Whether a line of the head begins with white space: an obsolete way to go on with the line
   * before, which others read as a field of its own. Whole lines were read before, if any were.
   */
  private boolean isFolded(ByteBuf in) {
    int end = in.writerIndex();
    int line = in.readerIndex();
    boolean first = !lineRead;
    while (line < end) {
      byte begin = in.getByte(line);
      if (begin == '\r' || begin == '\n') {
        return false;
      }
      if (!first && (begin == ' ' || begin == '\t')) {
        return true;
      }
      int feed = in.indexOf(line, end, (byte) '\n');
      line = feed < 0 ? end : feed + 1;
      first = false;
    }
    return false;
  }

  private void refuse(ByteBuf in, List<Object> out) {
    in.skipBytes(in.readableBytes());
    if (!refused) {
      refused = true;
      var nothing = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
      nothing.setDecoderResult(
          DecoderResult.failure(new IllegalArgumentException("a line of the head is folded")));
      out.add(nothing);
    }
  }
}
