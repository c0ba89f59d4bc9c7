package tayyar.simulate;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A client of HTTP/1.1 that takes nothing but what is exactly right, on one connection. */
final class StrictClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;

  /**
   * What came.
   *
   * @param fields the head's, in lower case up to the colon
   * @param chunks the body's chunks; one where it is not in chunks
   */
  record Response(int status, List<String> fields, List<String> chunks) {
    String text() {
      return String.join("", chunks);
    }

    String field(String name) {
      String begin = name.toLowerCase(Locale.ROOT) + ":";
      return fields.stream()
          .filter(field -> field.startsWith(begin))
          .map(field -> field.substring(begin.length()).strip())
          .findFirst()
          .orElse("");
    }
  }

  StrictClient(InetSocketAddress server) throws IOException {
    socket = new Socket(server.getAddress(), server.getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
  }

  StrictClient send(String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(UTF_8));
    return this;
  }

  /** Posts a chat. */
  StrictClient post(String body) throws IOException {
    return send(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nContent-Length: "
            + body.getBytes(UTF_8).length
            + "\r\n\r\n"
            + body);
  }

  /** Reads a whole answer. */
  Response response() throws IOException {
    List<String> head = head();
    int status = Integer.parseInt(head.getFirst().substring("HTTP/1.1 ".length()).substring(0, 3));
    List<String> chunks = new ArrayList<>();
    var begun = new Response(status, head, List.of());
    if (begun.field("Transfer-Encoding").equals("chunked")) {
      for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
        chunks.add(chunk);
      }
    } else {
      chunks.add(bytes(Integer.parseInt(begun.field("Content-Length"))));
    }
    return new Response(status, head, chunks);
  }

  /** Reads a head: its first line, then its fields, their names in lower case. */
  List<String> head() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = lines.isEmpty() ? 0 : line.indexOf(':');
      lines.add(line.substring(0, colon).toLowerCase(Locale.ROOT) + line.substring(colon));
    }
    return lines;
  }

  private String chunk() throws IOException {
    String chunk = bytes(Integer.parseInt(line(), 16));
    if (!line().isEmpty()) {
      throw new IOException("no line end behind a chunk");
    }
    return chunk;
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    while (!line.toString().endsWith("\r\n")) {
      line.append(new String(new byte[] {(byte) one()}, ISO_8859_1));
    }
    return line.substring(0, line.length() - 2);
  }

  private int one() throws IOException {
    int one = socket.getInputStream().read();
    if (one < 0) {
      throw new EOFException("the connection ended");
    }
    return one;
  }

  private String bytes(int count) throws IOException {
    byte[] bytes = socket.getInputStream().readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("the connection ended within a body");
    }
    return new String(bytes, UTF_8);
  }

  /** Reads until the peer closes. */
  String rest() throws IOException {
    var rest = new ByteArrayOutputStream();
    socket.getInputStream().transferTo(rest);
    return rest.toString(UTF_8);
  }

  /** Closes with a reset. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
