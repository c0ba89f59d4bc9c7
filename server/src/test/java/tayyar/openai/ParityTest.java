package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.FinishReason;
import tayyar.api.JsonText;
import tayyar.api.Part;
import tayyar.api.Room;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;
import tayyar.api.Usage;
import tayyar.dialect.CollectedAnswer;
import tayyar.dialect.StreamedAnswer;
import tayyar.testing.ScriptedReply;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The same answer, streamed to a reader that comes and goes and as a whole, is the same. */
class ParityTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final byte[] NONE = {};
  private static final int CHOICES = 3;

  private final Random random = new Random();
  private final ScriptedReply streamed = new ScriptedReply(new EmbeddedChannel());
  private final ScriptedReply whole = new ScriptedReply(new EmbeddedChannel());
  private final StreamedAnswer sse =
      new StreamedAnswer(
          streamed, new Chunks("id", 1, "m", true, false, true), 64 * 1024, Room.ENDLESS);
  private final CollectedAnswer document =
      new CollectedAnswer(whole, new ChatDocument("id", 1, true), "m", 1 << 24, Room.ENDLESS);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void streamAndDocumentSayTheSame(int seed) {
    random.setSeed(seed);
    for (int choice = 0; choice < CHOICES; choice++) {
      say(choice);
    }
    var usage = new Usage(5, 7, 1, false);
    sse.complete(usage);
    document.complete(usage);

    JsonNode expected = JSON.readTree(whole.body());
    assertThat(assembled()).isEqualTo(expected.get("choices"));
    assertThat(events().getLast().get("usage")).isEqualTo(expected.get("usage"));
  }

  private void say(int choice) {
    int calls = 0;
    for (int i = random.nextInt(20); i >= 0; i--) {
      switch (random.nextInt(5)) {
        case 0 -> text(choice, Kind.REASONING);
        case 1 -> call(choice, calls++);
        case 2 -> more(choice, calls - 1);
        default -> text(choice, Kind.CONTENT);
      }
      if (random.nextInt(3) == 0) {
        sse.flush();
        streamed.writable = random.nextBoolean();
        sse.writable();
      }
    }
    FinishReason reason = calls > 0 ? FinishReason.TOOL_CALLS : FinishReason.STOP;
    sse.finish(choice, reason);
    document.finish(choice, reason);
  }

  private void text(int choice, Kind kind) {
    byte[] json = JsonText.escape("نص \"" + "é\n".repeat(random.nextInt(3)) + random.nextInt(100));
    if (kind == Kind.CONTENT && random.nextBoolean()) {
      byte[] entries = ("{\"token\":\"t" + random.nextInt(100) + "\"}").getBytes(UTF_8);
      sse.part(choice, new Part.Logprobs(kind, entries));
      document.part(choice, new Part.Logprobs(kind, entries));
    }
    sse.delta(choice, kind, json, 0, json.length);
    document.delta(choice, kind, json, 0, json.length);
  }

  private void call(int choice, int index) {
    byte[] id = ("call_" + choice + index).getBytes(UTF_8);
    byte[] arguments = random.nextBoolean() ? NONE : JsonText.escape("{\"a\":");
    call(choice, new ToolCall(index, id, JsonText.escape("f\"" + index), arguments));
  }

  private void more(int choice, int index) {
    if (index >= 0) {
      String part = "\"ق\"".repeat(1 + random.nextInt(random.nextInt(20) == 0 ? 9_000 : 3));
      call(choice, new ToolCall(index, NONE, NONE, JsonText.escape(part)));
    }
  }

  private void call(int choice, ToolCall piece) {
    sse.part(choice, piece);
    document.part(choice, piece);
  }

  private List<JsonNode> events() {
    var all = new ArrayList<JsonNode>();
    for (String event : streamed.said()) {
      assertThat(event.getBytes(UTF_8).length).as("fits into a TLS record").isLessThan(16_384);
      if (!event.equals("data: [DONE]")) {
        all.add(JSON.readTree(event.substring("data: ".length())));
      }
    }
    return all;
  }

  /** What a client makes of the stream. */
  private ArrayNode assembled() {
    ArrayNode choices = JSON.createArrayNode();
    for (int i = 0; i < CHOICES; i++) {
      ObjectNode choice = choices.addObject().put("index", i);
      choice.putObject("message").put("role", "assistant").putNull("content");
      choice.putNull("logprobs");
    }
    for (JsonNode event : events()) {
      event.get("choices").forEach(piece -> add((ObjectNode) choices.get(index(piece)), piece));
    }
    choices.forEach(choice -> complete((ObjectNode) choice.get("message")));
    return choices;
  }

  private static void complete(ObjectNode message) {
    message.putNull("refusal");
    if (message.get("content").isNull() && !message.has("tool_calls")) {
      message.put("content", "");
    }
  }

  private static int index(JsonNode node) {
    return node.get("index").asInt();
  }

  private static void add(ObjectNode choice, JsonNode piece) {
    var message = (ObjectNode) choice.get("message");
    JsonNode delta = piece.get("delta");
    append(message, "content", delta.path("content").asString(""));
    append(message, "reasoning_content", delta.path("reasoning_content").asString(""));
    delta.path("tool_calls").forEach(call -> addCall(message, call));
    JsonNode entries = piece.path("logprobs").path("content");
    if (entries.isArray()) {
      if (!choice.get("logprobs").isObject()) {
        choice.putObject("logprobs").putArray("content");
      }
      ((ArrayNode) choice.get("logprobs").get("content")).addAll((ArrayNode) entries);
      ((ObjectNode) choice.get("logprobs")).putNull("refusal");
    }
    if (piece.get("finish_reason").isString()) {
      assertThat(choice.has("finish_reason")).as("one finish_reason a choice").isFalse();
      choice.set("finish_reason", piece.get("finish_reason"));
    }
  }

  private static void append(ObjectNode to, String name, String text) {
    if (!text.isEmpty()) {
      to.put(name, to.path(name).asString("") + text);
    }
  }

  private static void addCall(ObjectNode message, JsonNode call) {
    ArrayNode calls = message.withArray("tool_calls");
    if (index(call) == calls.size()) {
      calls
          .addObject()
          .put("id", call.get("id").asString())
          .put("type", call.get("type").asString())
          .putObject("function")
          .put("name", call.get("function").get("name").asString());
    } else {
      assertThat(call.has("id")).as("the id comes once").isFalse();
    }
    var function = (ObjectNode) calls.get(index(call)).get("function");
    String more = call.get("function").get("arguments").asString();
    function.put("arguments", function.path("arguments").asString("") + more);
  }
}
