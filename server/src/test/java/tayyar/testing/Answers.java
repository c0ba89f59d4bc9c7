package tayyar.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Answers of upstreams as bytes, for those that are written by hand. Characters are bytes. */
public final class Answers {
  /** The last chunk. */
  public static final String END = "0\r\n\r\n";

  /** The head of an event stream in chunks, on a connection that is kept. */
  public static final String STREAM =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

  private Answers() {}

  /** A chat's events up to {@code [DONE]}; the text is plain. */
  public static String events(String text) {
    return delta("{\"role\":\"assistant\",\"content\":\"" + text + "\"}", "null")
        + delta("{}", "\"stop\"")
        + "data: [DONE]\n\n";
  }

  private static String delta(String delta, String finish) {
    return "data: {\"id\":\"u\",\"choices\":[{\"index\":0,\"delta\":%s,\"finish_reason\":%s}]}\n\n"
        .formatted(delta, finish);
  }

  /** One chunk. */
  public static String chunk(String data) {
    return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
  }

  /** A whole stream in one chunk. */
  public static String stream(String text) {
    return STREAM + chunk(events(text)) + END;
  }

  /** A head of an event stream with these fields besides. */
  public static String head(String line, String... fields) {
    return line
        + "\r\nContent-Type: text/event-stream\r\n"
        + (fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n")
        + "\r\n";
  }

  /** A refusal with a message. */
  public static String refusal(String status, String message, String... fields) {
    String body = "{\"error\":{\"message\":\"" + message + "\"}}";
    return "HTTP/1.1 "
        + status
        + "\r\nContent-Type: application/json\r\n"
        + (fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n")
        + "Content-Length: "
        + body.getBytes(UTF_8).length
        + "\r\n\r\n"
        + body;
  }
}
