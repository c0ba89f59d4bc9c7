package tayyar.openai;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The messages of a chat, made of the turns of another dialect, in the form that the templates of
 * most models take: one message of the system, at the beginning; then no two messages of the user
 * beside each other; plain text where there is nothing else.
 */
public final class Conversation {
  private final ArrayNode to;
  private final StringBuilder system = new StringBuilder();
  private ArrayNode user = JsonBody.array();
  private boolean begun;

  /** Messages are added to this array. */
  public Conversation(ArrayNode to) {
    this.to = to;
  }

  /**
   * Adds instructions. Those at the beginning become one message of the system; later ones stay at
   * their place, as marked text of the user, since many templates refuse a later message of the
   * system, and at the beginning they would change what caches hold of the whole conversation.
   */
  public void instruct(String text) {
    if (begun) {
      user.addObject().put("type", "text").put("text", "<system>\n" + text + "\n</system>");
    } else {
      system.append(system.isEmpty() ? "" : "\n\n").append(text);
    }
  }

  /** Adds the user's text. */
  public void user(String text) {
    begun = true;
    user.addObject().put("type", "text").put("text", text);
  }

  /** Adds parts of the user's, in a chat's form. */
  public void user(ArrayNode parts) {
    begun |= !parts.isEmpty();
    user.addAll(parts);
  }

  /** Adds a message of another role. */
  public ObjectNode add(String role) {
    end();
    return to.addObject().put("role", role);
  }

  /** The message at the end, or null where that is no message of the assistant. */
  public @Nullable ObjectNode assistant() {
    boolean his =
        user.isEmpty()
            && !to.isEmpty()
            && to.get(to.size() - 1).path("role").asString("").equals("assistant");
    return his ? (ObjectNode) to.get(to.size() - 1) : null;
  }

  /** Writes what was waiting for more of its kind. */
  public void end() {
    begun = true;
    if (!system.isEmpty()) {
      to.addObject().put("role", "system").put("content", system.toString());
      system.setLength(0);
    }
    if (!user.isEmpty()) {
      to.addObject().put("role", "user").set("content", onlyText(user));
      user = JsonBody.array();
    }
  }

  /** Some servers know nothing but a string. */
  private static JsonNode onlyText(ArrayNode parts) {
    var all = new StringBuilder();
    for (JsonNode part : parts) {
      if (!part.path("type").asString("").equals("text") || !part.path("text").isString()) {
        return parts;
      }
      all.append(all.isEmpty() ? "" : "\n").append(part.path("text").asString());
    }
    return JsonBody.string(all.toString());
  }
}
