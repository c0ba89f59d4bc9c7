package tayyar.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.testing.Http2Frames.Frame;

/**
 * Speaks HTTP/1.1 with a test and HTTP/2 with the server: each request is a stream, each DATA frame
 * becomes a chunk, and the answers come in the order of their requests. What a test does not read
 * opens no window. For one thread.
 */
final class Http2Socket extends Socket {
  private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

  private final Socket socket;
  private final Http2Frames frames;
  private final Deque<Integer> awaited = new ArrayDeque<>();
  private final Map<Integer, Deque<Came>> waiting = new HashMap<>();
  private byte[] request = {};
  private int bodyLeft;
  private boolean chunkedBody;
  private int stream = -1;
  private boolean headOut;
  private boolean chunked;
  private boolean isHead;
  private final Deque<Boolean> heads = new ArrayDeque<>();
  private boolean goingAway;
  private byte[] rendered = {};
  private int at;

  /** A frame, and its fields: each head changes the table by which the next one is decoded. */
  private record Came(Frame frame, List<Map.Entry<String, String>> fields) {}

  Http2Socket(Socket socket) throws IOException {
    this.socket = socket;
    this.frames = new Http2Frames(socket).preface();
  }

  @Override
  public OutputStream getOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one});
      }

      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        int before = request.length;
        request = Arrays.copyOf(request, before + length);
        System.arraycopy(bytes, from, request, before, length);
        while (sendsSome()) {
          // all that has come
        }
      }
    };
  }

  private boolean sendsSome() throws IOException {
    if (chunkedBody) {
      return sendsChunk();
    }
    if (bodyLeft > 0) {
      byte[] part = Arrays.copyOf(request, Math.min(request.length, Math.min(bodyLeft, 16_384)));
      bodyLeft -= part.length;
      data(part, bodyLeft == 0);
      return consume(part.length) > 0;
    }
    int end = headEnd();
    if (end < 0) {
      return false;
    }
    head(new String(request, 0, end, ISO_8859_1).split("\r\n", -1));
    consume(end + HEAD_END.length);
    return true;
  }

  private int consume(int count) {
    request = Arrays.copyOfRange(request, count, request.length);
    return count;
  }

  private boolean sendsChunk() throws IOException {
    String text = new String(request, ISO_8859_1);
    int line = text.indexOf("\r\n");
    int size = line < 0 ? -1 : Integer.parseInt(text.substring(0, line), 16);
    if (size < 0 || text.length() < line + size + 4) {
      return false;
    }
    data(Arrays.copyOfRange(request, line + 2, line + 2 + size), size == 0);
    consume(line + size + 4);
    chunkedBody = size > 0;
    return true;
  }

  private int headEnd() {
    return new String(request, ISO_8859_1).indexOf("\r\n\r\n");
  }

  private void head(String... lines) throws IOException {
    String[] first = lines[0].split(" ", 3);
    List<String> fields = new ArrayList<>();
    List<String> pseudo = new ArrayList<>(List.of(":method", first[0], ":path", first[1]));
    pseudo.addAll(List.of(":scheme", "https"));
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (line.equals(lines[0])) {
        continue;
      }
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).strip();
      switch (name) {
        case "host" -> pseudo.addAll(List.of(":authority", value));
        case "connection", "keep-alive" -> {
          // of HTTP/1.1 alone
        }
        case "transfer-encoding" -> chunkedBody = true;
        default -> {
          bodyLeft = name.equals("content-length") ? Integer.parseInt(value) : bodyLeft;
          fields.addAll(List.of(name, value));
        }
      }
    }
    pseudo.addAll(fields);
    stream += 2;
    awaited.add(stream);
    heads.add(first[0].equals("HEAD"));
    frames.headers(stream, bodyLeft == 0 && !chunkedBody, pseudo.toArray(String[]::new));
  }

  private void data(byte[] bytes, boolean end) throws IOException {
    frames.send(Http2Frames.DATA, end ? Http2Frames.END_STREAM : 0, stream, bytes);
  }

  @Override
  public InputStream getInputStream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int from, int length) throws IOException {
        while (at == rendered.length) {
          if (!reads()) {
            return -1;
          }
        }
        int count = Math.min(length, rendered.length - at);
        System.arraycopy(rendered, at, into, from, count);
        at += count;
        return count;
      }
    };
  }

  /** Renders the next piece of the answer whose turn it is; returns false at the end. */
  private boolean reads() throws IOException {
    Came came = turn();
    while (came == null) {
      Frame next = frames.next();
      if (next == null) {
        return false;
      }
      keep(next);
      came = turn();
    }
    Frame frame = came.frame();
    rendered = rendered(came);
    at = 0;
    if (frame.ends()) {
      awaited.remove();
    }
    return frame.type() != Http2Frames.RST_STREAM;
  }

  private @Nullable Came turn() {
    Integer first = awaited.peek();
    Deque<Came> its = first == null ? null : waiting.get(first);
    return its == null ? null : its.poll();
  }

  private void keep(Frame frame) throws IOException {
    switch (frame.type()) {
      case Http2Frames.SETTINGS, Http2Frames.PING -> {
        if ((frame.flags() & Http2Frames.END_STREAM) == 0) {
          byte[] payload = frame.type() == Http2Frames.PING ? frame.payload() : new byte[0];
          quietly(() -> frames.send(frame.type(), Http2Frames.END_STREAM, 0, payload));
        }
      }
      case Http2Frames.GOAWAY -> goingAway = true;
      case Http2Frames.HEADERS, Http2Frames.DATA, Http2Frames.RST_STREAM -> {
        boolean head = frame.type() == Http2Frames.HEADERS;
        var came = new Came(frame, head ? frames.fields(frame) : List.of());
        waiting.computeIfAbsent(frame.stream(), _ -> new ArrayDeque<>()).add(came);
      }
      default -> {
        // windows: what these tests send fits in
      }
    }
  }

  private interface Sending {
    void send() throws IOException;
  }

  /** Answers a peer that may have closed: what it sent before can still be read. */
  private static void quietly(Sending sending) {
    try {
      sending.send();
    } catch (IOException e) {
      // the next read tells
    }
  }

  private byte[] rendered(Came came) throws IOException {
    return switch (came.frame().type()) {
      case Http2Frames.HEADERS -> response(came.frame(), came.fields());
      case Http2Frames.DATA -> data(came.frame());
      default -> new byte[0];
    };
  }

  private byte[] response(Frame frame, List<Map.Entry<String, String>> fields) {
    StringBuilder head = new StringBuilder();
    String status = "";
    boolean length = false;
    for (Map.Entry<String, String> field : fields) {
      if (field.getKey().equals(":status")) {
        status = field.getValue();
      } else {
        head.append(field.getKey()).append(": ").append(field.getValue()).append("\r\n");
        length |= field.getKey().equals("content-length");
      }
    }
    headOut = !status.startsWith("1");
    isHead = headOut && Boolean.TRUE.equals(heads.poll());
    chunked = headOut && !length && !frame.ends();
    if (headOut && !length && frame.ends() && !isHead && !status.equals("304")) {
      head.append("content-length: 0\r\n");
    }
    head.append(chunked ? "Transfer-Encoding: chunked\r\n" : "");
    head.append(goingAway ? "Connection: close\r\n" : "");
    return ("HTTP/1.1 " + status + " -\r\n" + head + "\r\n").getBytes(US_ASCII);
  }

  private byte[] data(Frame frame) throws IOException {
    int count = frame.payload().length;
    if (count > 0) {
      quietly(() -> frames.window(0, count));
      if (!frame.ends()) {
        quietly(() -> frames.window(frame.stream(), count));
      }
    }
    if (!chunked) {
      return frame.payload();
    }
    ByteArrayOutputStream chunk = new ByteArrayOutputStream();
    if (count > 0) {
      chunk.writeBytes((Integer.toHexString(count) + "\r\n").getBytes(US_ASCII));
      chunk.writeBytes(frame.payload());
      chunk.writeBytes(new byte[] {'\r', '\n'});
    }
    if (frame.ends()) {
      chunk.writeBytes("0\r\n\r\n".getBytes(US_ASCII));
    }
    return chunk.toByteArray();
  }

  @Override
  public void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  public void setSoLinger(boolean on, int seconds) throws java.net.SocketException {
    socket.setSoLinger(on, seconds);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
