package tayyar.conformance;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import tayyar.api.Target.Dialect;
import tayyar.testing.TestGateway;

/** Each dialect of clients over a target that speaks OpenAI's newer one. */
@Tag("socket")
final class ResponsesTargetTest {

  @Nested
  final class Chats extends DialectConformance {
    Chats() {
      super(new SpokenChats(), TestGateway.speaking(Dialect.RESPONSES));
    }
  }

  @Nested
  final class Messages extends DialectConformance {
    Messages() {
      super(new SpokenMessages(), TestGateway.speaking(Dialect.RESPONSES));
    }
  }

  @Nested
  final class Responses extends DialectConformance {
    Responses() {
      super(new SpokenResponses(), TestGateway.speaking(Dialect.RESPONSES));
    }
  }
}
