package tayyar.responses;

import java.util.ArrayList;
import java.util.List;
import tayyar.api.Part;
import tayyar.openai.JsonBody;
import tayyar.openai.LooseJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The sources of an answer's text. A chat tells them as {@code annotations} of its message, at
 * times ahead of the text; here they are of a part of text, and wait until one is there.
 */
final class Sources {
  private final List<byte[]> waiting = new ArrayList<>(0);

  /** Takes those that a member of a chat's message tells; of most members none. */
  void take(Part.Member member) {
    if (member.name().equals("annotations")) {
      for (JsonNode annotation : LooseJson.tree(member.json(), 0, member.json().length)) {
        JsonNode page = annotation.path("url_citation");
        if (page.path("url").isString()) {
          waiting.add(JsonBody.bytes(flat(page)));
        }
      }
    }
  }

  /** Which part of the text it is of, not all servers say. */
  private static ObjectNode flat(JsonNode page) {
    ObjectNode flat = JsonBody.object().put("type", "url_citation");
    flat.put("start_index", page.path("start_index").asInt(0));
    flat.put("end_index", page.path("end_index").asInt(0));
    flat.set("url", page.path("url"));
    return flat.put("title", page.path("title").asString(""));
  }

  /** Returns those that belong to an item from now on: one with text, and nothing behind it. */
  List<byte[]> of(Item item) {
    boolean text =
        item.sort == Item.Sort.MESSAGE && item.text.size() > 0 && item.refusal.size() == 0;
    if (waiting.isEmpty() || !text) {
      return List.of();
    }
    List<byte[]> its = List.copyOf(waiting);
    waiting.clear();
    return its;
  }
}
