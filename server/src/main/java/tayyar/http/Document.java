package tayyar.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.Map;
import tayyar.api.ApiError;
import tayyar.dialect.ClientDialect;

/**
 * An answer that is whole before it is sent, whatever the transport.
 *
 * @param status the HTTP status; 304 has no body
 * @param fields its header fields besides those of every answer; the length is the transport's
 * @param body the body's bytes; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Document(int status, Map<String, String> fields, byte[] body) {
  static final byte[] NO_BODY = {};

  /**
   * Creates a document of status and text.
   *
   * @param type the Content-Type
   */
  public static Document text(int status, String type, String text) {
    return new Document(status, Map.of("Content-Type", type), text.getBytes(UTF_8));
  }

  /** Creates an error's document in a dialect. */
  static Document of(ApiError error, ClientDialect dialect) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("Content-Type", "application/json");
    if (error.retryAfterSeconds() > 0) {
      fields.put("Retry-After", Integer.toString(error.retryAfterSeconds()));
    }
    if (error instanceof ApiError.MethodNotAllowed wrong) {
      fields.put("Allow", wrong.allow());
    }
    if (error instanceof ApiError.UnsupportedMediaType(String field, _)
        && field.equals("Content-Encoding")) {
      fields.put("Accept-Encoding", "identity");
    }
    if (error.status() == 426) {
      fields.put("Upgrade", "HTTP/1.1"); // RFC 9110, section 15.5.22
    }
    return new Document(dialect.status(error), fields, dialect.error(error));
  }
}
