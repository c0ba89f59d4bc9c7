package tayyar.faults;

import tayyar.testing.OverHttp2;

/** The same over HTTP/2. */
@OverHttp2
class ClientLeavesOverHttp2Test extends ClientLeavesTest {
  /** They are streams side by side. */
  @Override
  void pipelinedRequestsOfOneWhoLeftAreNotServed() {}
}
