package tayyar.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An upstream that answers each request with the very bytes that it is given. Thread-safe. */
public final class BytesUpstream implements AutoCloseable {
  private static final Pattern LENGTH = Pattern.compile("(?i)\ncontent-length: *([0-9]+)");

  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile Answer answer = new Answer(new byte[0], true);

  /** Starts on loopback. */
  public BytesUpstream() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** From now on answers with a stream of events of this data, and {@code [DONE]}. */
  public BytesUpstream streams(String... data) {
    var events = new StringBuilder();
    for (String one : data) {
      events.append("data: ").append(one).append("\n\n");
    }
    return streamsRaw(events + "data: [DONE]\n\n");
  }

  /** From now on answers with a stream of this text. */
  public BytesUpstream streamsRaw(String text) {
    return answers(200, "text/event-stream", text);
  }

  /** From now on answers with this body. */
  public BytesUpstream answers(int status, String type, String body) {
    return answers(status, type, body.getBytes(UTF_8));
  }

  /** The same with a body that need not be UTF-8. */
  public BytesUpstream answers(int status, String type, byte[] body) {
    answer = answer(status, type, body, 0);
    return this;
  }

  /** From now on answers with the beginning of a body and closes the connection. */
  public BytesUpstream breaksOff(int status, String type, String begun) {
    answer = answer(status, type, begun.getBytes(UTF_8), 1);
    return this;
  }

  private static Answer answer(int status, String type, byte[] bytes, int missing) {
    String head = "HTTP/1.1 " + status + " Said\r\nContent-Type: " + type + "\r\nContent-Length: ";
    var all = new ByteArrayOutputStream();
    all.writeBytes((head + (bytes.length + missing) + "\r\n\r\n").getBytes(US_ASCII));
    all.writeBytes(bytes);
    return new Answer(all.toByteArray(), missing > 0);
  }

  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Answer(byte[] bytes, boolean last) {}

  private void accept() {
    while (true) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      while (read(client.getInputStream())) {
        requests.incrementAndGet();
        Answer now = answer;
        client.getOutputStream().write(now.bytes());
        if (now.last()) {
          return;
        }
      }
    } catch (IOException e) {
      // The gateway has gone, or the test is over.
    } finally {
      open.remove(client);
    }
  }

  /** Reads a request; false where the peer has gone. */
  private static boolean read(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return false;
      }
      head.append((char) next);
    }
    Matcher length = LENGTH.matcher(head);
    in.skipNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
    return true;
  }

  /** How many requests came. */
  public int requests() {
    return requests.get();
  }

  /** What the gateway has to send as its key. */
  public String key() {
    return "key-of-the-operator";
  }

  /** Where it listens, on loopback. */
  public int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
