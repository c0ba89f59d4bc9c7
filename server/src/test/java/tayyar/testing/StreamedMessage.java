package tayyar.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A message put together from its events, as Anthropic's SDKs do it; any disorder fails. Written
 * from the published description alone.
 */
public final class StreamedMessage {
  private final ArrayNode content = Response.JSON.createArrayNode();
  private @Nullable ObjectNode message;
  private @Nullable JsonNode error;
  private int open = -1;
  private final StringBuilder input = new StringBuilder();
  private boolean over;

  private StreamedMessage() {}

  /** Reads a whole stream. */
  public static StreamedMessage of(NamedEvents events) {
    var read = new StreamedMessage();
    assertThat(events.done()).as("[DONE] is no part of this dialect").isFalse();
    events.all().forEach(read::event);
    assertThat(read.over).as("a stream ends with message_stop or an error: " + events).isTrue();
    return read;
  }

  private void event(JsonNode event) {
    assertThat(over).as("an event behind the end: " + event).isFalse();
    switch (NamedEvents.type(event)) {
      case "message_start" -> {
        assertThat(message).isNull();
        message = (ObjectNode) event.path("message");
        assertThat(message.path("content")).isEmpty();
        assertThat(message.path("usage").path("input_tokens").asInt()).isPositive();
      }
      case "content_block_start" -> {
        assertThat(open).as("two open blocks").isEqualTo(-1);
        open = event.path("index").asInt(-1);
        assertThat(open).isEqualTo(content.size());
        content.add(event.path("content_block"));
        input.setLength(0);
      }
      case "content_block_delta" -> {
        assertThat(event.path("index").asInt(-1)).isEqualTo(open);
        delta((ObjectNode) content.get(open), event.path("delta"));
      }
      case "content_block_stop" -> {
        assertThat(event.path("index").asInt(-1)).isEqualTo(open);
        stop((ObjectNode) content.get(open));
        open = -1;
      }
      case "message_delta" -> {
        assertThat(open).as("an open block at the end").isEqualTo(-1);
        message().setAll((ObjectNode) event.path("delta"));
        message().set("usage", event.path("usage"));
      }
      case "message_stop" -> over = true;
      case "error" -> {
        error = event.path("error");
        over = true;
      }
      case "ping" -> {}
      default -> throw new IllegalStateException("an unknown event: " + event);
    }
  }

  private void delta(ObjectNode block, JsonNode delta) {
    switch (NamedEvents.type(delta)) {
      case "text_delta" -> append(block, "text", "text", delta);
      case "thinking_delta" -> append(block, "thinking", "thinking", delta);
      case "signature_delta" -> {
        assertThat(NamedEvents.type(block)).isEqualTo("thinking");
        block.set("signature", delta.path("signature"));
      }
      case "citations_delta" -> block.withArray("citations").add(delta.path("citation"));
      case "input_json_delta" -> {
        assertThat(NamedEvents.type(block)).isIn("tool_use", "server_tool_use");
        input.append(delta.path("partial_json").asString());
      }
      default -> throw new IllegalStateException("an unknown delta: " + delta);
    }
  }

  private static void append(ObjectNode block, String type, String member, JsonNode delta) {
    assertThat(NamedEvents.type(block)).isEqualTo(type);
    block.put(member, block.path(member).asString() + delta.path(member).asString());
  }

  private void stop(ObjectNode block) {
    if (NamedEvents.type(block).endsWith("tool_use")) {
      assertThat(block.path("input")).isEmpty();
      block.set("input", Response.JSON.readTree(input.isEmpty() ? "{}" : input.toString()));
    }
  }

  private ObjectNode message() {
    return Objects.requireNonNull(message, "no message_start");
  }

  /** The message as a whole answer would have it. */
  public ObjectNode whole() {
    message().set("content", content);
    return message();
  }

  /** The error that it ended with; missing where it was good. */
  public JsonNode error() {
    return error == null ? Response.JSON.missingNode() : error;
  }

  /** The texts of its blocks of a type, put together. */
  public String text(String type) {
    return String.join("", texts(content, type));
  }

  /** The same of a whole message. */
  public static List<String> texts(JsonNode blocks, String type) {
    return blocks
        .valueStream()
        .filter(block -> NamedEvents.type(block).equals(type))
        .map(block -> block.path(type).asString(""))
        .toList();
  }
}
