package tayyar.conformance;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import tayyar.api.Target.Dialect;
import tayyar.testing.TestGateway;

/** Each dialect of clients over a target that speaks Anthropic's. */
@Tag("socket")
final class MessagesTargetTest {

  @Nested
  final class Chats extends DialectConformance {
    Chats() {
      super(new SpokenChats(), TestGateway.speaking(Dialect.ANTHROPIC));
    }
  }

  @Nested
  final class Messages extends DialectConformance {
    Messages() {
      super(new SpokenMessages(), TestGateway.speaking(Dialect.ANTHROPIC));
    }
  }

  @Nested
  final class Responses extends DialectConformance {
    Responses() {
      super(new SpokenResponses(), TestGateway.speaking(Dialect.ANTHROPIC));
    }
  }
}
