package tayyar.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import tayyar.api.Target;
import tayyar.api.Target.Access;
import tayyar.api.Target.Address;

/**
 * An upstream of plain sockets: it reads requests and sends exactly a test's bytes, when the test
 * wants. Each connection has a thread of its own.
 */
public final class RawUpstream implements AutoCloseable {
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");

  /**
   * The receive buffer of its sockets: small, so that buffers alone do not take a large request.
   */
  private static final int RECEIVE_BYTES = 64 * 1024;

  private static final int BACKLOG = 64;

  /** Handles a request. */
  @FunctionalInterface
  public interface Script {
    /** Answers; what it leaves of the request's body is read afterwards. */
    void answer(Request request) throws IOException;
  }

  private final ServerSocket listening;
  private final @Nullable SSLContext tls;
  private final Script script;
  private final AtomicInteger connections = new AtomicInteger();
  private final Set<Peer> open = ConcurrentHashMap.newKeySet();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  private RawUpstream(ServerSocket listening, @Nullable SSLContext tls, Script script) {
    this.listening = listening;
    this.tls = tls;
    this.script = script;
  }

  /** Starts. */
  public static RawUpstream start(Script script) throws IOException {
    return start(null, script);
  }

  /** Starts behind TLS. */
  public static RawUpstream start(@Nullable SSLContext tls, Script script) throws IOException {
    var listening = new ServerSocket();
    listening.setReceiveBufferSize(RECEIVE_BYTES);
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    var upstream = new RawUpstream(listening, tls, script);
    Thread.ofVirtual().start(upstream::accept);
    return upstream;
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listening.accept();
        socket.setTcpNoDelay(true);
        Peer peer = new Peer(connections.incrementAndGet(), socket, wrapped(socket));
        open.add(peer);
        Thread.ofVirtual().start(() -> serve(peer));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private Socket wrapped(Socket raw) throws IOException {
    if (tls == null) {
      return raw;
    }
    var socket = (SSLSocket) tls.getSocketFactory().createSocket(raw, null, true);
    socket.setUseClientMode(false);
    return socket;
  }

  private void serve(Peer peer) {
    try (Socket socket = peer.socket) {
      for (int nth = 1; !socket.isClosed(); nth++) {
        String head = peer.head();
        if (head.isEmpty()) {
          return;
        }
        var request = new Request(peer, head, nth);
        requests.add(request);
        script.answer(request);
        request.body();
      }
    } catch (IOException e) {
      // It is over.
    } finally {
      open.remove(peer);
    }
  }

  /** Returns it as a target. */
  public Target target(String name) {
    var address = new Address.Tcp("127.0.0.1", listening.getLocalPort(), false);
    return new Target(name, address, "/v1", "over-there", null);
  }

  /** Returns it as a target with TLS, whose certificate is valid for "localhost". */
  public Target target(String name, Path certificate) {
    var address = new Address.Tcp("localhost", listening.getLocalPort(), true);
    var access = new Access("", "", certificate, null);
    return new Target(name, address, "/v1", "over-there", null, access);
  }

  /** All requests so far whose head has come. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  /** Connections that were made so far. */
  public int connections() {
    return connections.get();
  }

  /** Connections that neither side has closed. */
  public int open() {
    return open.size();
  }

  /** Whether neither side has closed a connection. */
  public boolean isOpen(Peer peer) {
    return open.contains(peer);
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Peer peer : open) {
      peer.socket.close();
    }
  }

  /** The other end of a connection. For one thread, but for what is said otherwise. */
  public static final class Peer {
    private final int number;
    private final Socket raw;
    private final Socket socket;
    private final InputStream in;

    private Peer(int number, Socket raw, Socket socket) throws IOException {
      this.number = number;
      this.raw = raw;
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
    }

    /** Returns the connection's number, from 1. */
    public int number() {
      return number;
    }

    /** Sends in one write; characters are bytes. For any thread. */
    public void send(String bytes) throws IOException {
      socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    }

    /** The same past TLS. */
    public void sendRaw(String bytes) throws IOException {
      raw.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    }

    /** Ends the sending side. */
    public void end() throws IOException {
      socket.shutdownOutput();
    }

    /** Closes. */
    public void close() throws IOException {
      socket.close();
    }

    /** Closes with a reset. */
    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    /** Whether bytes have come that are not read yet. */
    public boolean hasMore() throws IOException {
      return in.available() > 0;
    }

    /** Reads until the other side closes; returns the number of bytes. */
    public int rest() throws IOException {
      int count = 0;
      while (in.read() >= 0) {
        count++;
      }
      return count;
    }

    /** Up to the empty line, or nothing where the connection ends. */
    private String head() throws IOException {
      var head = new StringBuilder();
      while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          return "";
        }
        head.append((char) next);
      }
      return head.toString();
    }
  }

  /** A request. */
  public static final class Request {
    private final Peer peer;
    private final String head;
    private final int nth;
    private final int length;
    private String body = "";

    private Request(Peer peer, String head, int nth) throws IOException {
      Matcher length = LENGTH.matcher(head);
      if (!length.find()) {
        throw new IOException("no length: " + head);
      }
      this.peer = peer;
      this.head = head;
      this.nth = nth;
      this.length = Integer.parseInt(length.group(1));
    }

    /** Returns the connection that it came on. */
    public Peer peer() {
      return peer;
    }

    /** Returns its line and fields. */
    public String head() {
      return head;
    }

    /** Returns its number on its connection, from 1. */
    public int nth() {
      return nth;
    }

    /** Returns its body; waits for all of it. */
    public String body() throws IOException {
      return body(length);
    }

    /** Returns this number of bytes of its body, or fewer where it ends before. */
    public String body(int count) throws IOException {
      int most = Math.min(count, length) - body.length();
      if (most > 0) {
        byte[] bytes = peer.in.readNBytes(most);
        if (bytes.length < most) {
          throw new IOException("the body ends early");
        }
        body += new String(bytes, UTF_8);
      }
      return body;
    }
  }

  /** Waits until a condition holds, or for some milliseconds. */
  public static void pause(int mostMs, BooleanSupplier until) {
    long end = System.nanoTime() + mostMs * 1_000_000L;
    while (!until.getAsBoolean() && System.nanoTime() < end) {
      LockSupport.parkNanos(200_000);
    }
  }
}
