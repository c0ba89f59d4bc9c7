package tayyar.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import tayyar.limits.Left;
import tayyar.wire.Ascii;

/**
 * Writes the head of a response. Header values are our own, or checked to be tokens. Parts that
 * many heads share are encoded once and written in one piece.
 */
final class ResponseHead {
  private static final byte[] OK = line("HTTP/1.1 200 OK");

  /** The common fields of answers that pages of any origin may read. */
  static final byte[] FOR_PAGES =
      lines(
          "Access-Control-Allow-Origin: *",
          "Access-Control-Expose-Headers: X-Request-Id, X-RateLimit-Limit-Requests,"
              + " X-RateLimit-Remaining-Requests, X-RateLimit-Reset-Requests,"
              + " X-RateLimit-Limit-Tokens, X-RateLimit-Remaining-Tokens,"
              + " X-RateLimit-Reset-Tokens, Retry-After, Content-Type");

  /** The common fields of all other answers. */
  static final byte[] FOR_OPERATORS =
      lines("Cache-Control: no-store", "X-Content-Type-Options: nosniff");

  private static final byte[] END = line("");
  private static final byte[] SECONDS_END = line("s");

  private static volatile Stamp stamp = new Stamp(0, "", new byte[0]);

  /** The fields before the request's id; valid for one second, as they hold the date. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Stamp(long second, String date, byte[] beforeId) {}

  private final ByteBuf out;

  /**
   * Begins a head.
   *
   * @param always the common fields of the listener's answers, from {@link #lines}
   */
  ResponseHead(ByteBuf out, int status, String requestId, byte[] always) {
    this.out = out;
    out.writeBytes(status == 200 ? OK : line("HTTP/1.1 " + status + " " + reason(status)));
    out.writeBytes(beforeId());
    Ascii.write(out, requestId);
    out.writeBytes(END);
    out.writeBytes(always);
  }

  private static String reason(int status) {
    return status == 499 ? "Client Closed" : HttpResponseStatus.valueOf(status).reasonPhrase();
  }

  /** Encodes several header lines. */
  static byte[] lines(String... texts) {
    return line(String.join("\r\n", texts));
  }

  private static byte[] line(String text) {
    return (text + "\r\n").getBytes(US_ASCII);
  }

  ResponseHead header(String name, String value) {
    Ascii.write(out, name + ": " + value + "\r\n");
    return this;
  }

  /** Writes a field; its name is from {@link #name}. */
  ResponseHead header(byte[] name, long number) {
    out.writeBytes(name);
    Ascii.write(out, number);
    out.writeBytes(END);
    return this;
  }

  /** The names of the fields that tell what a limit leaves; each also ends the one before. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record LeftNames(byte[] limit, byte[] remaining, byte[] reset) {
    /**
     * Those of one kind.
     *
     * @param kind as {@code Requests}
     */
    static LeftNames of(String kind) {
      return new LeftNames(
          name("X-RateLimit-Limit-" + kind),
          name("\r\nX-RateLimit-Remaining-" + kind),
          name("\r\nX-RateLimit-Reset-" + kind));
    }
  }

  /** Writes what a limit leaves; nothing for null. */
  ResponseHead left(LeftNames names, @Nullable Left left) {
    if (left != null) {
      out.writeBytes(names.limit());
      Ascii.write(out, left.limit());
      out.writeBytes(names.remaining());
      Ascii.write(out, left.remaining());
      out.writeBytes(names.reset());
      Ascii.write(out, left.resetSeconds());
      out.writeBytes(SECONDS_END);
    }
    return this;
  }

  /** Encodes a field's name for use in many heads. */
  static byte[] name(String name) {
    return (name + ": ").getBytes(US_ASCII);
  }

  /** Writes several fields at once, from {@link #lines}. */
  ResponseHead fields(byte[] lines) {
    out.writeBytes(lines);
    return this;
  }

  ByteBuf end() {
    return out.writeBytes(END);
  }

  private static byte[] beforeId() {
    return now().beforeId();
  }

  /** Returns the value of {@code Date}. */
  static String date() {
    return now().date();
  }

  private static Stamp now() {
    long second = System.currentTimeMillis() / 1000;
    Stamp last = stamp;
    if (last.second() != second) {
      var at = Instant.ofEpochSecond(second).atOffset(ZoneOffset.UTC);
      String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(at);
      last = new Stamp(second, date, ("Date: " + date + "\r\nX-Request-Id: ").getBytes(US_ASCII));
      stamp = last;
    }
    return last;
  }
}
