package tayyar.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A response put together from its events, as strictly as Open Responses has it: numbers without
 * gaps, each item and part opened and closed, and the same text in pieces, in the closing events
 * and in the last response.
 */
public final class StreamedResponse {
  private static final Set<String> ENDS =
      Set.of("response.completed", "response.incomplete", "response.failed");

  private final List<JsonNode> items = new ArrayList<>();
  private @Nullable JsonNode open;
  private @Nullable JsonNode error;
  private @Nullable JsonNode last;
  private final StringBuilder text = new StringBuilder();
  private boolean part;
  private final List<JsonNode> sources = new ArrayList<>();
  private int number;

  private StreamedResponse() {}

  /** Reads a whole stream. */
  public static StreamedResponse of(NamedEvents events) {
    var read = new StreamedResponse();
    assertThat(events.done()).as("[DONE] ends it").isTrue();
    assertThat(events.types().subList(0, 2))
        .containsExactly("response.created", "response.in_progress");
    events.all().forEach(read::event);
    assertThat(read.response().path("output")).containsExactlyElementsOf(read.items);
    assertThat(read.response().path("id"))
        .isEqualTo(events.all().getFirst().path("response").path("id"));
    return read;
  }

  private void event(JsonNode event) {
    assertThat(last).as("an event behind the end: " + event).isNull();
    assertThat(event.path("sequence_number").asInt(-1)).isEqualTo(number++);
    String type = NamedEvents.type(event);
    if (ENDS.contains(type)) {
      assertThat(open).as("an open item at the end").isNull();
      last = event.path("response");
      assertThat("response." + last.path("status").asString()).isEqualTo(type);
    } else if (type.equals("error")) {
      error = event;
    } else if (type.equals("response.output_item.added")) {
      added(event);
    } else if (type.equals("response.output_item.done")) {
      done(event);
    } else if (!type.equals("response.created") && !type.equals("response.in_progress")) {
      within(type, event);
    }
  }

  private void added(JsonNode event) {
    assertThat(open).as("two open items").isNull();
    assertThat(event.path("output_index").asInt(-1)).isEqualTo(items.size());
    open = event.path("item");
    text.setLength(0);
  }

  private void done(JsonNode event) {
    assertThat(part).as("an open part").isFalse();
    assertThat(event.path("item").path("id")).isEqualTo(opened().path("id"));
    assertThat(event.path("item").path("type")).isEqualTo(opened().path("type"));
    items.add(event.path("item"));
    open = null;
  }

  private void within(String type, JsonNode event) {
    assertThat(event.path("item_id")).isEqualTo(opened().path("id"));
    assertThat(event.path("output_index").asInt(-1)).isEqualTo(items.size());
    if (type.endsWith("part.added")) {
      assertThat(part).as("two open parts").isFalse();
      part = true;
      text.setLength(0);
      sources.clear();
    } else if (type.endsWith("part.done")) {
      part = false;
      assertThat(all(event.path("part"), "text", "refusal")).isEqualTo(text.toString());
      assertThat(event.path("part").path("annotations")).containsExactlyElementsOf(sources);
    } else if (type.endsWith(".delta")) {
      text.append(event.path("delta").asString());
    } else if (type.endsWith(".done")) {
      assertThat(all(event, "text", "refusal", "arguments", "input")).isEqualTo(text.toString());
      if (type.contains("arguments")) {
        assertThat(event.path("name")).isEqualTo(opened().path("name"));
      }
    } else if (type.equals("response.output_text.annotation.added")) {
      assertThat(part).as("an open part").isTrue();
      assertThat(event.path("annotation_index").asInt(-1)).isEqualTo(sources.size());
      sources.add(event.path("annotation"));
    } else {
      throw new IllegalStateException("an unknown event: " + event);
    }
  }

  private static String all(JsonNode of, String... members) {
    var all = new StringBuilder();
    for (String member : members) {
      all.append(of.path(member).asString(""));
    }
    return all.toString();
  }

  private JsonNode opened() {
    return Objects.requireNonNull(open, "no open item");
  }

  /** A response without what differs from one to the next: ids and times. */
  public static ObjectNode alike(ObjectNode response) {
    ObjectNode its = response.deepCopy();
    its.remove(List.of("id", "created_at", "completed_at"));
    its.path("output").forEach(item -> ((ObjectNode) item).remove("id"));
    return its;
  }

  /** The last event's response. */
  public ObjectNode response() {
    return (ObjectNode) Objects.requireNonNull(last, "a stream ends with a response");
  }

  /** The error event; missing where it was good. */
  public JsonNode error() {
    return error == null ? Response.JSON.missingNode() : error;
  }
}
