package tayyar.conformance;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.testing.TestGateway;

@Tag("socket")
class SimulatedChatTest extends ChatConformance {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  @Override
  Served served() {
    return new Served(GATEWAY::connect, GATEWAY.key(), TestGateway.MODEL);
  }
}
