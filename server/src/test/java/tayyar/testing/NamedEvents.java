package tayyar.testing;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A stream whose events have names, read strictly: {@code event:}, {@code data:}, a blank line; the
 * name is also the data's type.
 *
 * @param all the data, in order
 * @param done whether {@code [DONE]} was the last
 */
public record NamedEvents(List<JsonNode> all, boolean done) {
  private static final String DONE = "data: [DONE]";

  /** Parses a whole body. */
  public static NamedEvents of(String body) {
    if (!body.endsWith("\n\n")) {
      throw new IllegalStateException("the body does not end behind an event");
    }
    List<JsonNode> all = new ArrayList<>();
    boolean done = false;
    for (String event : body.substring(0, body.length() - 2).split("\n\n", -1)) {
      if (done) {
        throw new IllegalStateException("an event behind the end: " + event);
      }
      done = event.equals(DONE);
      if (!done && !event.startsWith(":")) {
        all.add(data(event));
      }
    }
    return new NamedEvents(List.copyOf(all), done);
  }

  private static JsonNode data(String event) {
    String[] lines = event.split("\n", -1);
    if (lines.length != 2 || !lines[0].startsWith("event: ") || !lines[1].startsWith("data: ")) {
      throw new IllegalStateException("no event: " + event);
    }
    JsonNode data = Response.JSON.readTree(lines[1].substring("data: ".length()));
    if (!data.path("type").asString("").equals(lines[0].substring("event: ".length()))) {
      throw new IllegalStateException("its name is not its type: " + event);
    }
    return data;
  }

  /** Their types, in order. */
  public List<String> types() {
    return all.stream().map(NamedEvents::type).toList();
  }

  /** The last one. */
  public JsonNode last() {
    return all.getLast();
  }

  /** An event's type. */
  public static String type(JsonNode event) {
    return event.path("type").asString();
  }
}
