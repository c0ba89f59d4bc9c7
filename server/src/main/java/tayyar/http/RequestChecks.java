package tayyar.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.Clip;
import tayyar.api.Refused;
import tayyar.wire.Ascii;

/**
 * Checks a request's head before anything else is done with it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112</a>
 */
final class RequestChecks {
  /** The most fields of a head; each costs memory, however short it is. */
  static final int FIELDS_MAX = 256;

  private RequestChecks() {}

  /** Returns the error of an invalid head, or null. */
  static @Nullable ApiError head(HttpRequest head, Bounds bounds) {
    if (head.decoderResult().isFailure()) {
      return undecodable(head.decoderResult().cause(), bounds);
    }
    boolean http11 = head.protocolVersion().equals(HttpVersion.HTTP_1_1);
    if (!http11 && !head.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
      return new ApiError.InvalidHttp("its version is neither 1.1 nor 1.0.");
    }
    HttpHeaders headers = head.headers();
    if (headers.size() > FIELDS_MAX) {
      return new ApiError.InvalidHttp("it has more than " + FIELDS_MAX + " header fields.");
    }
    int hosts = headers.getAll(HttpHeaderNames.HOST).size();
    if (hosts > 1 || (http11 && hosts == 0)) {
      return new ApiError.InvalidHttp("it needs exactly one Host header.");
    }
    if (!RequestTarget.isValid(head.uri(), head.method().equals(HttpMethod.OPTIONS))) {
      return new ApiError.InvalidHttp("its target is no path.");
    }
    if (hosts == 1 && !RequestTarget.isHost(headers.get(HttpHeaderNames.HOST, ""))) {
      return new ApiError.InvalidHttp("its Host is no name or address.");
    }
    List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (!codings.isEmpty()
        && !(http11 && codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked"))) {
      return new ApiError.InvalidHttp("its Transfer-Encoding is not 'chunked'.");
    }
    return null;
  }

  private static ApiError undecodable(@Nullable Throwable cause, Bounds bounds) {
    if (cause instanceof TooLongHttpLineException || cause instanceof TooLongHttpHeaderException) {
      return new ApiError.HeadersTooLarge(bounds.of(Bound.HEADER_BYTES));
    }
    if (cause instanceof Refused refused) {
      return refused.error();
    }
    return new ApiError.InvalidHttp("its head can't be read.");
  }

  /** Returns the error that refuses a compressed body, or null. */
  static @Nullable ApiError coding(HttpHeaders headers) {
    for (String coding : headers.getAll(HttpHeaderNames.CONTENT_ENCODING)) {
      if (!coding.isEmpty() && !coding.equalsIgnoreCase("identity")) {
        return new ApiError.UnsupportedMediaType("Content-Encoding", shown(coding));
      }
    }
    return null;
  }

  /** Returns a header's value, cut for an error message. */
  static String shown(String value) {
    return Clip.marked(100, value);
  }

  static boolean keepAlive(HttpRequest head) {
    return HttpUtil.isKeepAlive(head);
  }

  /** Whether a head of HTTP/1.1 announces a body. */
  static boolean hasBody(HttpRequest head) {
    return HttpUtil.isTransferEncodingChunked(head) || HttpUtil.getContentLength(head, 0L) > 0;
  }

  static boolean expectsContinue(HttpRequest head) {
    return head.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && head.headers().contains(HttpHeaderNames.EXPECT, HttpHeaderValues.CONTINUE, true);
  }

  static ByteBuf goOn(ByteBufAllocator alloc) {
    ByteBuf out = alloc.buffer(32);
    Ascii.write(out, "HTTP/1.1 100 Continue\r\n\r\n");
    return out;
  }
}
