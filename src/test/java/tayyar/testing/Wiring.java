package tayyar.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import tayyar.api.Bounds;

/** The gateway's own parts, as Main joins them, in front of one upstream. */
final class Wiring implements AutoCloseable {
  private Wiring() {}

  static Wiring start(InetSocketAddress upstream, Bounds bounds) throws IOException {
    throw new IOException("not yet");
  }

  InetSocketAddress address() {
    throw new IllegalStateException();
  }

  String createKey(int requestsPerMinute) {
    throw new IllegalStateException();
  }

  String keyId(String key) {
    throw new IllegalStateException();
  }

  void revoke(String key) {
    throw new IllegalStateException();
  }

  List<LedgerRow> rows() {
    throw new IllegalStateException();
  }

  int liveStreams() {
    throw new IllegalStateException();
  }

  int permits() {
    throw new IllegalStateException();
  }

  int busyConnections() {
    throw new IllegalStateException();
  }

  @Override
  public void close() {}
}
