package tayyar.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * The last head of a connection, raw and decoded. A client mostly repeats the bytes of its last
 * head, but for the length of the body; such a head is not decoded again. Not safe for use by more
 * than one thread.
 */
final class SameHead {
  /** The longest head that is remembered, as it lives as long as its connection. */
  private static final int BYTES_MAX = 1024;

  private static final int DIGITS_MAX = 8;
  private static final byte[] LENGTH = "\ncontent-length: ".getBytes(US_ASCII);

  /** The bytes before and after the digits of the length. */
  private ByteBuf before = Unpooled.EMPTY_BUFFER;

  private ByteBuf behind = Unpooled.EMPTY_BUFFER;
  private @Nullable HttpRequest decoded;

  /** The fields without the length; copied when they are first needed. */
  private @Nullable HttpHeaders fields;

  /** Forgets the remembered head; the next one is decoded in full. */
  void forget() {
    decoded = null;
    fields = null;
  }

  /**
   * Remembers a head that names the length of its body.
   *
   * @param from index of its first byte; it ends at the buffer's reader index
   */
  void learn(ByteBuf in, int from, HttpRequest request) {
    forget();
    int count = in.readerIndex() - from;
    if (count > BYTES_MAX
        || !request.decoderResult().isSuccess()
        || !request.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
        || request.headers().contains(HttpHeaderNames.EXPECT)) {
      return;
    }
    byte[] head = ByteBufUtil.getBytes(in, from, count);
    int digits = lengthAt(head);
    if (digits > 0) {
      int end = digits;
      while (isDigit(head[end])) {
        end++;
      }
      before = Unpooled.wrappedBuffer(head, 0, digits);
      behind = Unpooled.wrappedBuffer(head, end, count - end);
      decoded = request;
    }
  }

  private static int lengthAt(byte[] head) {
    for (int at = 0; at + LENGTH.length < head.length; at++) {
      int same = 0;
      while (same < LENGTH.length && lower(head[at + same]) == LENGTH[same]) {
        same++;
      }
      if (same == LENGTH.length) {
        return at + same;
      }
    }
    return 0;
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /**
   * Reads a whole request that repeats the remembered head.
   *
   * @return null, with nothing read, if the head differs or the body is incomplete
   */
  @Nullable FullHttpRequest read(ByteBuf in) {
    HttpRequest last = decoded;
    int at = in.readerIndex();
    if (last == null || !stands(before, in, at)) {
      return null;
    }
    at += before.readableBytes();
    int from = at;
    int length = 0;
    while (at < in.writerIndex() && at - from < DIGITS_MAX && isDigit(in.getByte(at))) {
      length = length * 10 + in.getByte(at++) - '0';
    }
    boolean plain = at > from && in.getByte(from) != '0';
    int body = at + behind.readableBytes();
    if (!plain || !stands(behind, in, at) || in.writerIndex() - body < length) {
      return null;
    }
    in.readerIndex(body);
    return new DefaultFullHttpRequest(
        last.protocolVersion(),
        last.method(),
        last.uri(),
        in.readRetainedSlice(length),
        fields(last),
        EmptyHttpHeaders.INSTANCE);
  }

  private static boolean stands(ByteBuf bytes, ByteBuf in, int at) {
    int count = bytes.readableBytes();
    return in.writerIndex() - at >= count && ByteBufUtil.equals(bytes, 0, in, at, count);
  }

  private HttpHeaders fields(HttpRequest last) {
    HttpHeaders made = fields;
    if (made == null) {
      made = last.headers().copy().remove(HttpHeaderNames.CONTENT_LENGTH);
      fields = made;
    }
    return made;
  }
}
