package tayyar.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * A server that accepts no connection: its queue is full, and the kernel answers nobody. A
 * connection attempt lasts until its deadline.
 */
public final class FullListener implements AutoCloseable {
  private static final int PATIENCE_MS = 200;
  private static final int QUEUED_MAX = 64;

  private final ServerSocket server;
  private final List<Socket> queued = new ArrayList<>();

  /** Listens and fills the queue. */
  public FullListener() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    while (queued.size() < QUEUED_MAX) {
      Socket socket = new Socket();
      queued.add(socket);
      try {
        socket.connect(new InetSocketAddress(server.getInetAddress(), port()), PATIENCE_MS);
      } catch (SocketTimeoutException e) {
        return;
      }
    }
    throw new IOException("the queue does not fill");
  }

  /** Returns its port on loopback. */
  public int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : queued) {
      socket.close();
    }
    server.close();
  }
}
