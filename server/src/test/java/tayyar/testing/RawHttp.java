package tayyar.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A client that sends any bytes and parses HTTP/1.x responses strictly. It keeps the time and the
 * end of each read of the socket. For one thread.
 */
public final class RawHttp implements AutoCloseable {
  private static final int READ_TIMEOUT_MS = 45_000;

  /**
   * One read of the socket.
   *
   * @param end how many bytes had come in all
   * @param nanos when, by {@link System#nanoTime()}
   */
  public record Read(int end, long nanos) {}

  private final Socket socket;
  private final List<Read> reads = new ArrayList<>();
  private final SentRequests sent = new SentRequests();
  private Described.@Nullable Asked asked;
  private byte[] bytes = new byte[64 * 1024];
  private int limit;
  private int at;

  private RawHttp(Socket socket) {
    this.socket = socket;
  }

  /**
   * Connects; by TLS and HTTP/2 where a test asks for that, see {@link OverTls} and {@link
   * OverHttp2}.
   */
  public static RawHttp to(InetSocketAddress address) throws IOException {
    return to(address, 0);
  }

  /**
   * Connects with a small receive buffer, so that the peer soon notices a reader that does not
   * read.
   */
  public static RawHttp to(InetSocketAddress address, int receiveBytes) throws IOException {
    Socket socket = new Socket();
    if (receiveBytes > 0) {
      socket.setOption(StandardSocketOptions.SO_RCVBUF, receiveBytes);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(READ_TIMEOUT_MS);
    socket.connect(address, READ_TIMEOUT_MS);
    return new RawHttp(OverHttp2.Switch.socket(address, OverTls.Switch.socket(socket)));
  }

  /** Sends text as UTF-8. */
  public RawHttp send(String text) throws IOException {
    return send(text.getBytes(UTF_8));
  }

  /** Sends bytes in one write. */
  public RawHttp send(byte[] bytes) throws IOException {
    sent.add(bytes);
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Ends the sending side, and goes on reading. */
  public RawHttp endOutput() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** The reads so far. */
  public List<Read> reads() {
    return List.copyOf(reads);
  }

  /** Returns the index of the next unparsed byte, counted from the connection's first. */
  public int offset() {
    return at;
  }

  /** Returns a received byte, counted from the connection's first. */
  public byte byteAt(int offset) {
    return bytes[Objects.checkIndex(offset, limit)];
  }

  /** Reads a head, without any 1xx before it being skipped. */
  public Head head() throws IOException {
    String status = line();
    if (!status.matches("HTTP/1\\.1 [0-9]{3} [ -~]*")) {
      throw new IOException("no status line: '" + status + "'");
    }
    List<String> fields = new ArrayList<>();
    for (String field = line(); !field.isEmpty(); field = line()) {
      if (!field.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+: ?[ -~]*")) {
        throw new IOException("no header field: '" + field + "'");
      }
      fields.add(field);
    }
    Head head = new Head(Integer.parseInt(status.substring(9, 12)), fields);
    asked = head.status() / 100 == 1 ? asked : sent.next();
    return head;
  }

  /** Reads a head and reads over each 100 before it. */
  public Head lastHead() throws IOException {
    Head head = head();
    while (head.status() == 100) {
      head = head();
    }
    return head;
  }

  /** Reads a whole response to a request of any method but HEAD. */
  public Response response() throws IOException {
    return body(head());
  }

  /**
   * Reads the body that a head announces. An answer of the API has to be as its document describes
   * it.
   */
  public Response body(Head head) throws IOException {
    Response response = rest(head);
    if (Described.isOfApi(head)) {
      Described.check(asked, response);
    }
    return response;
  }

  private Response rest(Head head) throws IOException {
    if (head.status() / 100 == 1 || head.status() == 204 || head.status() == 304) {
      return new Response(head, List.of());
    }
    List<Chunk> chunks = new ArrayList<>();
    if (head.chunked()) {
      for (Chunk chunk = chunk(); chunk.bytes().length > 0; chunk = chunk()) {
        chunks.add(chunk);
      }
    } else if (head.has("Content-Length")) {
      byte[] body = take(Integer.parseInt(head.field("Content-Length")));
      chunks.add(new Chunk(body, at, lastReadNanos()));
    } else {
      chunks.add(new Chunk(rest(), at, lastReadNanos()));
    }
    return new Response(head, chunks);
  }

  /**
   * Reads one chunk of a chunked body; the last one is empty. Allows neither extension nor trailer.
   */
  public Chunk chunk() throws IOException {
    String size = line();
    if (!size.matches("[0-9a-fA-F]{1,8}")) {
      throw new IOException("no chunk size: '" + size + "'");
    }
    byte[] chunk = take(Integer.parseInt(size, 16));
    String end = line();
    if (!end.isEmpty()) {
      throw new IOException("no line end behind a chunk: '" + end + "'");
    }
    return new Chunk(chunk, at, lastReadNanos());
  }

  /**
   * Reads at least so many bytes more and parses none of them.
   *
   * @return how many have come in all
   */
  public int readAhead(int count) throws IOException {
    for (int until = limit + count; limit < until; ) {
      if (!more()) {
        throw new EOFException("the connection ended after " + limit);
      }
    }
    return limit;
  }

  /** Reads until the peer closes. */
  public byte[] rest() throws IOException {
    while (more()) {
      // all of it
    }
    byte[] rest = Arrays.copyOfRange(bytes, at, limit);
    at = limit;
    return rest;
  }

  /** Whether the peer closes the connection, by an end or a reset, without another byte. */
  public boolean closesSilently() throws IOException {
    try {
      return rest().length == 0;
    } catch (java.net.SocketException e) {
      return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("reset");
    }
  }

  /** Closes with a reset: the peer's next write fails. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private String line() throws IOException {
    int from = at;
    int end = from;
    while (true) {
      for (; end < limit; end++) {
        if (bytes[end] == '\n') {
          if (end == from || bytes[end - 1] != '\r') {
            throw new IOException("a line without CR");
          }
          at = end + 1;
          return new String(bytes, from, end - 1 - from, UTF_8);
        }
      }
      if (!more()) {
        throw new EOFException("the connection ended within a line, after " + limit);
      }
    }
  }

  private byte[] take(int length) throws IOException {
    while (limit - at < length) {
      if (!more()) {
        throw new EOFException("the connection ended within a body, after " + limit);
      }
    }
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  private boolean more() throws IOException {
    if (limit == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * limit);
    }
    int read = socket.getInputStream().read(bytes, limit, bytes.length - limit);
    if (read < 0) {
      return false;
    }
    limit += read;
    reads.add(new Read(limit, System.nanoTime()));
    return true;
  }

  private long lastReadNanos() {
    return reads.isEmpty() ? 0 : reads.getLast().nanos();
  }

  /**
   * A chunk of a body.
   *
   * @param bytes what is in it
   * @param end its last byte's place on the connection
   * @param nanos when the read came that held its end
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  public record Chunk(byte[] bytes, int end, long nanos) {
    /** Its text. */
    public String text() {
      return new String(bytes, UTF_8);
    }
  }

  /**
   * A response's head.
   *
   * @param status the status
   * @param fields the fields as they stood there
   */
  public record Head(int status, List<String> fields) {
    /** The values of a field. */
    public List<String> fields(String name) {
      String begin = name.toLowerCase(Locale.ROOT) + ":";
      return fields.stream()
          .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(begin))
          .map(field -> field.substring(begin.length()).strip())
          .toList();
    }

    /** A field that stands there at most once, or an empty string. */
    public String field(String name) {
      List<String> values = fields(name);
      if (values.size() > 1) {
        throw new IllegalStateException(name + " stands there more than once: " + values);
      }
      return values.isEmpty() ? "" : values.getFirst();
    }

    /** Whether a field is there. */
    public boolean has(String name) {
      return !fields(name).isEmpty();
    }

    boolean chunked() {
      return field("Transfer-Encoding").equals("chunked");
    }
  }
}
