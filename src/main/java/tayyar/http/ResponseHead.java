package tayyar.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import tayyar.stream.Ascii;

/** Writes the head of a response. Header values are ours alone, or checked to be tokens. */
final class ResponseHead {
  private static final byte[] CORS =
      ("Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: X-Request-Id,"
              + " X-RateLimit-Limit-Requests, X-RateLimit-Remaining-Requests, Retry-After,"
              + " Content-Type\r\n")
          .getBytes(US_ASCII);

  private static volatile Stamp stamp = new Stamp(0, "");

  private record Stamp(long second, String text) {}

  private final ByteBuf out;

  ResponseHead(ByteBuf out, int status, String requestId) {
    this.out = out;
    String reason =
        status == 499 ? "Client Closed" : HttpResponseStatus.valueOf(status).reasonPhrase();
    text("HTTP/1.1 " + status + " " + reason + "\r\n");
    header("Date", date());
    header("X-Request-Id", requestId);
    out.writeBytes(CORS);
  }

  ResponseHead header(String name, String value) {
    text(name);
    text(": ");
    text(value);
    text("\r\n");
    return this;
  }

  ByteBuf end() {
    text("\r\n");
    return out;
  }

  private void text(String ascii) {
    Ascii.write(out, ascii);
  }

  private static String date() {
    long second = System.currentTimeMillis() / 1000;
    Stamp last = stamp;
    if (last.second() != second) {
      var at = Instant.ofEpochSecond(second).atOffset(ZoneOffset.UTC);
      last = new Stamp(second, DateTimeFormatter.RFC_1123_DATE_TIME.format(at));
      stamp = last;
    }
    return last.text();
  }
}
