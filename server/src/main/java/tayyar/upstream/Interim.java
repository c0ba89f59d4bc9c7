package tayyar.upstream;

import io.netty.handler.codec.http.HttpResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the interim (1xx) answers before a final one; their content is ignored. Their time counts
 * as time to the first token.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-15.2">RFC 9110, section 15.2</a>
 */
final class Interim {
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int COUNT_MAX = 32;
  private static final int BYTES_MAX = 64 * 1024;

  private int count;
  private int bytes;

  /** Starts again for another request. */
  void reset() {
    count = 0;
    bytes = 0;
  }

  /** Counts an interim answer; returns the fault in it, or null. */
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
