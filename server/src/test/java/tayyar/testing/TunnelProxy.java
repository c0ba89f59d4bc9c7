package tayyar.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An HTTP proxy that knows CONNECT and leads every tunnel to one port of the loopback. */
public final class TunnelProxy implements AutoCloseable {
  private final ServerSocket server;
  private final int to;
  private final Queue<String> asked = new ConcurrentLinkedQueue<>();

  /** Starts. */
  public TunnelProxy(int to) throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.to = to;
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket open) {
    try (Socket client = open;
        Socket target = new Socket(InetAddress.getLoopbackAddress(), to)) {
      asked.add(head(client.getInputStream()).lines().findFirst().orElse(""));
      client.getOutputStream().write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(US_ASCII));
      Thread back = Thread.ofVirtual().start(() -> copy(target, client));
      copy(client, target);
      back.join();
    } catch (IOException | InterruptedException e) {
      asked.add("broken");
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // One of the two has gone: so does the tunnel.
    }
  }

  private static String head(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no head");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  /** Where it listens, on the loopback. */
  public int port() {
    return server.getLocalPort();
  }

  /** The first lines of what was asked. */
  public Queue<String> asked() {
    return asked;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
