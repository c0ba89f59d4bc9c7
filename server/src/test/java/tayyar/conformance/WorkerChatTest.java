package tayyar.conformance;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.testing.TestEngine;

/** The model itself answers, in a worker process. */
@Tag("engine")
class WorkerChatTest extends ChatConformance {
  @RegisterExtension static final TestEngine ENGINE = TestEngine.usual("--no-prefix-cache");

  @Override
  Served served() {
    return new Served(ENGINE::connect, ENGINE.key(), TestEngine.MODEL);
  }
}
