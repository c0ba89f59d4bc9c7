package tayyar.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * A stream of events, read as strictly as our most fragile client does: each event is one line that
 * begins with {@code data: } or a comment, and a blank line.
 *
 * @param all the events' data and the comments, in order; a comment keeps its colon
 */
public record Events(List<String> all) {

  /** Parses a whole body. */
  public static Events of(String body) {
    if (!body.isEmpty() && !body.endsWith("\n\n")) {
      throw new IllegalStateException("the body does not end behind an event: " + tail(body));
    }
    if (body.indexOf('\r') >= 0) {
      throw new IllegalStateException("a carriage return in the body");
    }
    List<String> all = new ArrayList<>();
    for (String event : body.split("\n\n", -1)) {
      if (event.startsWith("data: ") && event.indexOf('\n') < 0) {
        all.add(event.substring("data: ".length()));
      } else if (event.startsWith(":") && event.indexOf('\n') < 0) {
        all.add(event);
      } else if (!event.isEmpty()) {
        throw new IllegalStateException("no event: " + event);
      }
    }
    return new Events(List.copyOf(all));
  }

  /** The data of the events, the last one included, without the comments. */
  public List<String> data() {
    return all.stream().filter(Predicate.not(event -> event.startsWith(":"))).toList();
  }

  /** The comments. */
  public List<String> comments() {
    return all.stream().filter(event -> event.startsWith(":")).toList();
  }

  /** All data but {@code [DONE]}, as JSON. */
  public List<JsonNode> chunks() {
    return data().stream()
        .filter(Predicate.not("[DONE]"::equals))
        .map(Response.JSON::readTree)
        .toList();
  }

  /** The text of choice 0, put together. */
  public String content() {
    return joined("content");
  }

  /** A member of choice 0's deltas, put together. */
  public String joined(String member) {
    StringBuilder text = new StringBuilder();
    for (JsonNode chunk : chunks()) {
      text.append(chunk.path("choices").path(0).path("delta").path(member).asString(""));
    }
    return text.toString();
  }

  /** The last chunk that has a usage object. */
  public JsonNode usage() {
    return chunks().stream()
        .map(chunk -> chunk.path("usage"))
        .filter(JsonNode::isObject)
        .reduce((a, b) -> b)
        .orElseThrow(() -> new IllegalStateException("no usage"));
  }

  /** The last finish_reason of choice 0, or an empty string. */
  public String finishReason() {
    String reason = "";
    for (JsonNode chunk : chunks()) {
      String here = chunk.path("choices").path(0).path("finish_reason").asString("");
      reason = here.isEmpty() ? reason : here;
    }
    return reason;
  }

  /** The error event's error, where there is one; otherwise a missing node. */
  public JsonNode error() {
    return chunks().stream()
        .map(chunk -> chunk.path("error"))
        .filter(JsonNode::isObject)
        .findFirst()
        .orElse(tools.jackson.databind.node.MissingNode.getInstance());
  }

  /** Whether the last event is {@code [DONE]}. */
  public boolean done() {
    List<String> data = data();
    return !data.isEmpty() && data.getLast().equals("[DONE]");
  }

  private static String tail(String body) {
    return body.substring(Math.max(0, body.length() - 80));
  }
}
