package tayyar.responses;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Part;
import tayyar.api.Part.Native.Step;

/** What is kept of a target's events is accounted for before it is kept. */
final class PassageTest {
  private static final String BEGIN =
      """
      {"type":"response.output_item.added","output_index":0,
       "item":{"id":"msg_1","type":"message","role":"assistant","content":[]}}""";

  private final AtomicLong kept = new AtomicLong();
  private final AtomicLong number = new AtomicLong();
  private final Passage passage = new Passage(kept::addAndGet);

  private void say(String event) {
    var its = new Part.Native(Step.BLOCK, event.getBytes(UTF_8));
    passage.its(Unpooled.buffer(), number::getAndIncrement, its);
  }

  @ParameterizedTest
  @ValueSource(strings = {"content_part", "reasoning_summary_part"})
  void partsAreCounted(String kind) {
    say(BEGIN);
    String part =
        "{\"type\":\"response.%s.done\",\"output_index\":0,\"part\":{\"text\":\"%s\"}}"
            .formatted(kind, "x".repeat(1_000));
    for (int i = 0; i < 50; i++) {
      say(part);
    }
    assertThat(kept.get()).isGreaterThan(50_000);
  }

  @Test
  void anItemThatIsNoneIsPassedOver() {
    say("{\"type\":\"response.output_item.added\",\"output_index\":0}");
    say("{\"type\":\"response.content_part.done\",\"part\":{\"text\":\"x\"}}");
    assertThat(passage.items()).isEmpty();
  }
}
