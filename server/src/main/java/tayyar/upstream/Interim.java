package tayyar.upstream;

import io.netty.handler.codec.http.HttpResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The interim answers before a final one: what they say is of no interest, but there is a bound on
 * them. Their time is the time to the first token.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-15.2">RFC 9110, section 15.2</a>
 */
final class Interim {
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int COUNT_MAX = 32;
  private static final int BYTES_MAX = 64 * 1024;

  private int count;
  private int bytes;

  /** Another request was sent. */
  void reset() {
    count = 0;
    bytes = 0;
  }

  /** Takes one; what is wrong with it, or null. */
  @Nullable String wrong(HttpResponse head) {
    if (head.status().code() == SWITCHING_PROTOCOLS) {
      return "it changed to another protocol.";
    }
    count++;
    for (Map.Entry<String, String> field : head.headers()) {
      bytes += field.getKey().length() + field.getValue().length();
    }
    return count > COUNT_MAX || bytes > BYTES_MAX ? "it sent too many interim answers." : null;
  }
}
