package tayyar.conformance;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tayyar.testing.TestEngine;

/** The form of Open Responses over the embedded model. */
@Tag("engine")
@Timeout(180)
final class OpenResponsesEngineTest {
  @RegisterExtension static final TestEngine ENGINE = TestEngine.usual();

  static List<OpenResponses> cases() {
    return OpenResponses.OF_TEXT;
  }

  @ParameterizedTest
  @MethodSource
  void cases(OpenResponses each) throws IOException {
    each.check(ENGINE::send, ENGINE.key(), TestEngine.MODEL, "");
  }
}
