package tayyar.messages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Part.Native.Step;
import tayyar.api.Room;
import tayyar.api.Sink.Kind;
import tayyar.api.Usage;
import tayyar.dialect.StreamedAnswer;
import tayyar.testing.NamedEvents;
import tayyar.testing.ScriptedReply;
import tayyar.testing.StreamedMessage;

final class MessagesEventsTest {
  private final ScriptedReply reply = new ScriptedReply(new EmbeddedChannel());
  private final StreamedAnswer answer =
      new StreamedAnswer(reply, new MessagesEvents("msg_1", "m", 3), 1024, Room.ENDLESS);

  private void say(String text) {
    byte[] json = text.getBytes(UTF_8);
    answer.delta(0, Kind.CONTENT, json, 0, json.length);
  }

  private static Part its(Step step, String json) {
    return new Part.Native(step, json.getBytes(UTF_8));
  }

  /** What comes alone in a read and makes no event must not end the stream. */
  @Test
  void whatIsNotToldIsNoEvent() {
    for (Part part :
        List.of(
            new Part.Member(Part.Member.Place.MESSAGE, "images", "[]".getBytes(UTF_8)),
            its(Step.USAGE, "{\"output_tokens\":1}"),
            its(Step.END, "{\"stop_reason\":\"end_turn\"}"))) {
      say("x");
      answer.flush();
      answer.part(0, part);
      answer.flush();
    }
    answer.finish(0, FinishReason.STOP);
    answer.complete(new Usage(3, 3, 0, false));

    StreamedMessage message = StreamedMessage.of(NamedEvents.of(reply.body()));
    assertThat(message.text("text")).isEqualTo("xxx");
  }

  /** Anthropic's input tokens are those that no cache had or got; OpenAI's are all. */
  @Test
  void tokensOfACacheAreToldBesideTheOthers() {
    answer.finish(0, FinishReason.STOP);
    answer.complete(new Usage(18, 3, 5, 3, false, Map.of()));

    assertThat(reply.body())
        .contains(
            "{\"input_tokens\":10,\"cache_creation_input_tokens\":3,"
                + "\"cache_read_input_tokens\":5,\"output_tokens\":3}");
  }

  /** Blocks stay apart also while nobody reads. */
  @Test
  void blocksOfASlowReaderStayApart() {
    say("0");
    reply.writable = false;
    for (int i = 1; i < 3; i++) {
      answer.part(0, its(Step.STOP, ""));
      say(Integer.toString(i));
      say("!");
      answer.part(
          0, its(Step.DELTA, "{\"type\":\"citations_delta\",\"citation\":{\"n\":" + i + "}}"));
    }
    answer.flush();
    reply.writable = true;
    answer.writable();
    answer.finish(0, FinishReason.STOP);
    answer.complete(new Usage(3, 3, 0, false));

    assertThat(StreamedMessage.of(NamedEvents.of(reply.body())).whole().path("content").toString())
        .isEqualTo(
            "[{\"type\":\"text\",\"text\":\"0\"},"
                + "{\"type\":\"text\",\"text\":\"1!\",\"citations\":[{\"n\":1}]},"
                + "{\"type\":\"text\",\"text\":\"2!\",\"citations\":[{\"n\":2}]}]");
  }

  /** Ends of blocks have no bytes, but take memory while nobody reads. */
  @Test
  void endsOfBlocksFillASlowReader() {
    say("0");
    reply.writable = false;
    for (int i = 0; i < 100; i++) {
      answer.part(0, its(Step.STOP, ""));
    }
    assertThat(answer.full()).isTrue();
    answer.discard();
  }
}
