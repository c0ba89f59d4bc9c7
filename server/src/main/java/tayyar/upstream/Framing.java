package tayyar.upstream;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;

/**
 * Checks the framing of a response's body: whether its end is unambiguous, whether the connection
 * is kept, and whether the body has no other coding. Netty's decoder has refused contradictory
 * heads; this refuses heads that other servers may read differently.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-6.3">RFC 9112, section 6.3</a>
 */
final class Framing {
  private Framing() {}

  static boolean isCertain(HttpResponse head) {
    return head.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && HttpUtil.isKeepAlive(head)
        && mayHaveBody(head.status().code())
        && hasOneEnd(head.headers());
  }

  /** Whether the body has no transfer coding except chunked. */
  static boolean isPlain(HttpHeaders fields) {
    for (String codings : fields.getAll(HttpHeaderNames.TRANSFER_ENCODING)) {
      for (String coding : codings.split(",", -1)) {
        String name = coding.strip();
        if (!name.isEmpty()
            && !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(name)
            && !HttpHeaderValues.IDENTITY.contentEqualsIgnoreCase(name)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether a status allows a body. Of those that do not, some servers send one all the same. */
  private static boolean mayHaveBody(int status) {
    return status != 204 && status != 205 && status != 304;
  }

  private static boolean hasOneEnd(HttpHeaders fields) {
    List<String> codings = fields.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    List<String> lengths = fields.getAll(HttpHeaderNames.CONTENT_LENGTH);
    return codings.isEmpty()
        ? lengths.size() == 1
        : codings.size() == 1
            && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst())
            && lengths.isEmpty();
  }
}
