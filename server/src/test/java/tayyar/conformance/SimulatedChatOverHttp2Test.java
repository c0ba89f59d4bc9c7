package tayyar.conformance;

import tayyar.testing.OverHttp2;
import tayyar.testing.OverTls;

/** The same over HTTP/2 and TLS. */
@OverTls
@OverHttp2
class SimulatedChatOverHttp2Test extends SimulatedChatTest {
  /** They do not speak it. */
  @Override
  void oldClientsGetNoChunks() {}
}
