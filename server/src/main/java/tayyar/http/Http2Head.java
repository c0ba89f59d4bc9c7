package tayyar.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.Refused;
import tayyar.limits.Left;

/**
 * Heads of HTTP/2. A request's becomes one as of HTTP/1.1, which everything behind it reads; what
 * two servers might read differently is malformed.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113#section-8">RFC 9113, section 8</a>
 */
final class Http2Head {
  static final AsciiString REQUEST_ID = AsciiString.cached("x-request-id");

  /** The interim answer that lets a body come. */
  static final Http2Headers CONTINUE =
      ReadOnlyHttp2Headers.serverHeaders(false, AsciiString.cached("100"));

  private static final AsciiString OK = AsciiString.cached("200");
  private static final AsciiString TARGET = AsciiString.cached("x-tayyar-target");
  private static final LeftNames REQUESTS = LeftNames.of("requests");
  private static final LeftNames TOKENS = LeftNames.of("tokens");
  private static final ApiError OTHER_SCHEME =
      new ApiError.InvalidHttp("its scheme is neither http nor https.");
  private static final HttpMethod PREFACE = HttpMethod.valueOf("PRI");

  /** What its request line and the empty line behind it took of the preface. */
  private static final int PREFACE_READ = 18;

  private record LeftNames(AsciiString limit, AsciiString remaining, AsciiString reset) {
    static LeftNames of(String kind) {
      return new LeftNames(
          AsciiString.cached("x-ratelimit-limit-" + kind),
          AsciiString.cached("x-ratelimit-remaining-" + kind),
          AsciiString.cached("x-ratelimit-reset-" + kind));
    }
  }

  private Http2Head() {}

  /**
   * Whether a head of HTTP/1.1 is the beginning of HTTP/2's preface; with TLS the client would have
   * agreed on it beforehand.
   */
  static boolean isPreface(HttpRequest head, Channel channel) {
    return head.decoderResult().isSuccess()
        && head.method().equals(PREFACE)
        && head.uri().equals("*")
        && head.protocolVersion().majorVersion() == 2
        && head.headers().isEmpty()
        && channel.pipeline().get(SslHandler.class) == null;
  }

  /** Returns what was read as such a head. */
  static ByteBuf prefaceRead() {
    return Http2CodecUtil.connectionPrefaceBuf().writerIndex(PREFACE_READ);
  }

  /** Returns the bytes of all names and values. */
  static int bytes(Http2Headers headers) {
    int bytes = 0;
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      bytes += field.getKey().length() + field.getValue().length();
    }
    return bytes;
  }

  /**
   * Returns the request that a head stands for.
   *
   * @throws Http2Exception if it is malformed
   */
  static HttpRequest request(int stream, Http2Headers headers, Bounds bounds)
      throws Http2Exception {
    try {
      CharSequence path = headers.path();
      String target = String.valueOf(path == null ? headers.authority() : path);
      if (path != null && !target.startsWith("/") && !target.equals("*")) {
        throw new IllegalArgumentException("its :path is no path");
      }
      HttpMethod method = HttpMethod.valueOf(String.valueOf(headers.method()));
      HttpHeaders fields = fields(headers);
      var request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, target, fields);
      if (target.length() + method.name().length() > bounds.of(Bound.REQUEST_LINE_BYTES)) {
        request.setDecoderResult(DecoderResult.failure(new TooLongHttpLineException(":path")));
      } else if (!isHttp(headers.scheme())) {
        request.setDecoderResult(DecoderResult.failure(new Refused(OTHER_SCHEME)));
      }
      return request;
    } catch (IllegalArgumentException e) {
      throw Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR, e, "malformed");
    }
  }

  /** Returns what stands for a head that was too large to be read. */
  static HttpRequest unread() {
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
  }

  /** Whether a scheme is one of ours; CONNECT has none. */
  private static boolean isHttp(@Nullable CharSequence scheme) {
    return scheme == null
        || AsciiString.contentEqualsIgnoreCase(scheme, "http")
        || AsciiString.contentEqualsIgnoreCase(scheme, "https");
  }

  private static HttpHeaders fields(Http2Headers headers) {
    HttpHeaders fields = DefaultHttpHeadersFactory.headersFactory().newHeaders();
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      CharSequence name = field.getKey();
      if (!Http2Headers.PseudoHeaderName.hasPseudoHeaderFormat(name)) {
        fields.add(name, value(field.getValue()));
      } else if (Http2Headers.PseudoHeaderName.PROTOCOL.value().contentEquals(name)) {
        throw new IllegalArgumentException(":protocol was not offered");
      }
    }
    CharSequence authority = headers.authority();
    if (authority != null) {
      String host = fields.get(HttpHeaderNames.HOST);
      if (host != null && !host.equalsIgnoreCase(authority.toString())) {
        throw new IllegalArgumentException("Host and :authority differ");
      }
      if (host == null) {
        fields.set(HttpHeaderNames.HOST, value(authority));
      }
    }
    return fields;
  }

  /** Returns a value that is visible ASCII or beyond from its first sign to its last. */
  private static String value(CharSequence value) {
    int end = value.length() - 1;
    if (end >= 0 && (isBlank(value.charAt(0)) || isBlank(value.charAt(end)))) {
      throw new IllegalArgumentException("white space around a value");
    }
    return value.toString();
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /** Returns fields that were encoded by {@link ResponseHead#lines}. */
  static Http2Headers fields(byte[] lines) {
    Http2Headers all = new DefaultHttp2Headers(false);
    new String(lines, US_ASCII)
        .lines()
        .forEach(
            line -> {
              int colon = line.indexOf(':');
              all.add(name(line.substring(0, colon)), new AsciiString(line.substring(colon + 2)));
            });
    return all;
  }

  /** Returns a name as HTTP/2 has it. */
  static AsciiString name(String name) {
    return new AsciiString(name).toLowerCase();
  }

  /**
   * Begins a response's head, with the fields common to all.
   *
   * @param always those of the listener
   * @param target who gave the answer; empty where nobody may know
   */
  static Http2Headers response(int status, Exchange exchange, Http2Headers always, String target) {
    Http2Headers head = new DefaultHttp2Headers(false, 32);
    head.status(status == 200 ? OK : AsciiString.of(Integer.toString(status)));
    head.add(HttpHeaderNames.DATE, ResponseHead.date());
    head.add(REQUEST_ID, exchange.requestId());
    head.add(always);
    left(head, REQUESTS, exchange.requestsLeft());
    left(head, TOKENS, exchange.tokensLeft());
    if (exchange.exposesTarget() && !target.isEmpty()) {
      head.add(TARGET, target);
    }
    return head;
  }

  private static void left(Http2Headers head, LeftNames names, @Nullable Left left) {
    if (left != null) {
      head.addLong(names.limit(), left.limit());
      head.addLong(names.remaining(), left.remaining());
      head.add(names.reset(), left.resetSeconds() + "s");
    }
  }
}
