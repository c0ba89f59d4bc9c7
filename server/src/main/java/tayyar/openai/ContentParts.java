package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import tayyar.api.Part;
import tayyar.api.Part.Member.Place;
import tools.jackson.databind.JsonNode;

/**
 * A content that is no string: Mistral's and others' parts, which are texts, thoughts with texts in
 * them, refusals, and what means something to the client alone.
 */
final class ContentParts {
  private final StringBuilder content = new StringBuilder();
  private final StringBuilder reasoning = new StringBuilder();
  private final StringBuilder refusal = new StringBuilder();
  private final List<Part.Member> members = new ArrayList<>(0);

  /** Reads one part, or a list of them. */
  ContentParts(JsonNode node) {
    read(node);
  }

  String content() {
    return content.toString();
  }

  String reasoning() {
    return reasoning.toString();
  }

  String refusal() {
    return refusal.toString();
  }

  List<Part.Member> members() {
    return members;
  }

  private void read(JsonNode node) {
    if (node.isArray()) {
      node.forEach(this::read);
      return;
    }
    if (node.isString()) {
      content.append(node.asString(""));
      return;
    }
    switch (node.path("type").asString(node.has("text") ? "text" : "")) {
      case "text", "output_text", "input_text" -> words(node.path("text"), content);
      case "thinking", "reasoning", "reasoning_text", "summary_text" -> {
        words(node.path("thinking"), reasoning);
        words(node.path("reasoning"), reasoning);
        words(node.path("text"), reasoning);
      }
      case "refusal" -> words(node.path("refusal"), refusal);
      default -> {
        if (node.isEmpty()) {
          return;
        }
        boolean image = node.path("type").asString("").contains("image");
        byte[] json = ("[" + node + "]").getBytes(UTF_8);
        members.add(new Part.Member(Place.MESSAGE, image ? "images" : "content_parts", json));
      }
    }
  }

  private static void words(JsonNode node, StringBuilder to) {
    if (node.isArray()) {
      node.forEach(part -> words(part, to));
    } else if (node.isObject()) {
      words(node.path("text"), to);
    } else {
      to.append(node.asString(""));
    }
  }
}
