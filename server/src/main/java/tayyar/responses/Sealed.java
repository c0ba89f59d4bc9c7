package tayyar.responses;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.Part;
import tayyar.openai.JsonBody;
import tayyar.openai.LooseJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a model's server wants back of its thinking. In a chat it stands in {@code
 * reasoning_details}, as OpenRouter has it; here it is a reasoning item's {@code
 * encrypted_content}, which clients send back as it is.
 */
final class Sealed {
  private static final String SIGNED = "signed:";
  private static final String HIDDEN = "hidden:";

  private Sealed() {}

  /** Returns what a part of an answer tells of it, each for an item of its own; mostly nothing. */
  static List<String> of(Part.Member member) {
    if (!member.name().equals("reasoning_details")) {
      return List.of();
    }
    var all = new ArrayList<String>(1);
    for (JsonNode detail : LooseJson.tree(member.json(), 0, member.json().length)) {
      if (detail.path("signature").isString()) {
        all.add(SIGNED + detail.path("signature").asString());
      } else if (detail.path("data").isString()) {
        all.add(HIDDEN + detail.path("data").asString());
      }
    }
    return all;
  }

  /**
   * Returns the entry of {@code reasoning_details} for an item that comes back; null for others'.
   */
  static @Nullable ObjectNode detail(JsonNode item) {
    String sealed = item.path("encrypted_content").asString("");
    if (sealed.startsWith(HIDDEN)) {
      return JsonBody.object()
          .put("type", "reasoning.encrypted")
          .put("data", sealed.substring(HIDDEN.length()));
    }
    if (!sealed.startsWith(SIGNED)) {
      return null;
    }
    var text = new StringBuilder();
    for (String name : List.of("summary", "content")) {
      item.path(name).forEach(part -> text.append(part.path("text").asString("")));
    }
    return JsonBody.object()
        .put("type", "reasoning.text")
        .put("text", text.toString())
        .put("signature", sealed.substring(SIGNED.length()));
  }
}
