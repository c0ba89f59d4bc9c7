package tayyar.responses;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;
import tayyar.api.Usage;
import tayyar.testing.NamedEvents;
import tayyar.testing.StreamedResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Parts that few targets send. */
final class ResponsesEventsTest {
  private static final Usage USED = new Usage(3, 4, 1, 0, false, Map.of("reasoning_tokens", 2));
  private static final byte[] REPEATED = Repeated.of(JsonMapper.shared().createObjectNode(), false);

  private final ByteBuf out = Unpooled.buffer();
  private final ResponsesEvents events = events(Room.ENDLESS);

  private static ResponsesEvents events(Room room) {
    return new ResponsesEvents(new ResponseJson("1", 7, REPEATED, null), "m", false, room);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private void text(Kind kind, String text, String logprobs) {
    byte[] json = bytes(text);
    byte[] entries = logprobs.isEmpty() ? null : bytes(logprobs);
    events.text(out, 0, kind, json, 0, json.length, entries);
  }

  private void call(boolean custom, String name, String arguments) {
    byte[] its = bytes(arguments);
    var piece =
        new ToolCall(0, custom, bytes(name.isEmpty() ? "" : "c1"), bytes(name), its, bytes(""));
    events.toolCall(out, 0, piece, piece.first(), 0, its.length);
  }

  private StreamedResponse completed() {
    events.finish(out, 0, FinishReason.STOP, null);
    events.complete(out, USED, null);
    return read();
  }

  private StreamedResponse read() {
    return StreamedResponse.of(NamedEvents.of(out.toString(UTF_8)));
  }

  @Test
  void aRefusalIsAPartOfTheMessage() {
    events.begin(out, 0);
    text(Kind.CONTENT, "I ", "");
    text(Kind.REFUSAL, "can't.", "");
    JsonNode content = completed().response().path("output").path(0).path("content");
    assertThat(content.path(0).path("text").asString()).isEqualTo("I ");
    assertThat(content.path(1).path("refusal").asString()).isEqualTo("can't.");
  }

  @Test
  void logProbabilitiesStandByTheirText() {
    String entry = "{\"token\":\"%s\",\"bytes\":[1],\"top_logprobs\":[]}";
    events.begin(out, 0);
    text(Kind.CONTENT, "a", entry.formatted("a"));
    text(Kind.CONTENT, "b", "");
    text(Kind.CONTENT, "c", entry.formatted("c"));
    JsonNode part = completed().response().path("output").path(0).path("content").path(0);
    assertThat(part.path("logprobs").toString())
        .isEqualTo("[" + entry.formatted("a") + "," + entry.formatted("c") + "]");
  }

  @Test
  void aCustomToolHasATextForItsInput() {
    events.begin(out, 0);
    call(true, "patch", "*** Begin");
    call(true, "", "\\n***");
    JsonNode item = completed().response().path("output").path(0);
    assertThat(item.path("type").asString()).isEqualTo("custom_tool_call");
    assertThat(item.path("input").asString()).isEqualTo("*** Begin\n***");
    assertThat(item.path("call_id").asString()).isEqualTo("c1");
  }

  @Test
  void thinkingBehindTextIsAnItemOfItsOwn() {
    events.begin(out, 0);
    text(Kind.REASONING, "first", "");
    text(Kind.CONTENT, "said", "");
    text(Kind.REASONING, "again", "");
    assertThat(completed().response().path("output"))
        .extracting(item -> item.path("type").asString())
        .containsExactly("reasoning", "message", "reasoning");
  }

  @Test
  void tokensAreToldByKind() {
    events.begin(out, 0);
    JsonNode usage = completed().response().path("usage");
    assertThat(usage.toString())
        .isEqualTo(
            "{\"input_tokens\":3,\"input_tokens_details\":{\"cached_tokens\":1},"
                + "\"output_tokens\":4,\"output_tokens_details\":{\"reasoning_tokens\":2},"
                + "\"total_tokens\":7}");
  }

  /** The head may be out although nothing of an answer has come. */
  @Test
  void whatFailsBeforeItBeginsIsAWholeStreamToo() {
    events.keepAlive(out);
    events.fail(out, new ApiError.NoTarget("m"), Usage.NONE, null);
    StreamedResponse failed = read();
    assertThat(failed.error().path("code").asString()).isEqualTo("no_target");
    assertThat(failed.response().path("error").path("code").asString()).isEqualTo("server_error");
  }

  @Test
  void textThatNoMemoryIsThereForIsRefused() {
    Room none =
        new Room() {
          @Override
          public boolean take(long bytes) {
            return false;
          }

          @Override
          public void give(long bytes) {}
        };
    ResponsesEvents full = events(none);
    full.begin(out, 0);
    byte[] large = bytes("x".repeat(100_000));
    assertThatThrownBy(() -> full.text(out, 0, Kind.CONTENT, large, 0, large.length, null))
        .isInstanceOf(Refused.class);
  }
}
