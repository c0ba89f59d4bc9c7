package tayyar.conformance;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import tayyar.api.Target.Dialect;
import tayyar.testing.TestGateway;

/** Each dialect of clients over a target that speaks Google's own. */
@Tag("socket")
final class GeminiTargetTest {

  @Nested
  final class Chats extends DialectConformance {
    Chats() {
      super(new SpokenChats(), TestGateway.speaking(Dialect.GEMINI));
    }
  }

  @Nested
  final class Messages extends DialectConformance {
    Messages() {
      super(new SpokenMessages(), TestGateway.speaking(Dialect.GEMINI));
    }
  }

  @Nested
  final class Responses extends DialectConformance {
    Responses() {
      super(new SpokenResponses(), TestGateway.speaking(Dialect.GEMINI));
    }
  }
}
