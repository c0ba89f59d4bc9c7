package tayyar.responses;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tayyar.api.Part;
import tayyar.openai.JsonBody;
import tayyar.openai.LooseJson;
import tayyar.openai.Thoughts;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a model's server wants back of its thinking. In a chat it stands in {@code
 * reasoning_details}, as OpenRouter has it; here it is a reasoning item's {@code
 * encrypted_content}, which clients send back as it is.
 */
final class Sealed {
  private static final Pattern FORM =
      Pattern.compile(
          "(signed|hidden)(?:\\.([a-z0-9-]{1,40}))?(?:#([A-Za-z0-9_-]{1,80}))?:(.*)",
          Pattern.DOTALL);

  private Sealed() {}

  /** Returns what a part of an answer tells of it, each for an item of its own; mostly nothing. */
  static List<String> of(Part.Member member) {
    if (!member.name().equals("reasoning_details")) {
      return List.of();
    }
    var all = new ArrayList<String>(1);
    for (JsonNode detail : LooseJson.tree(member.json(), 0, member.json().length)) {
      if (detail.path("signature").isString()) {
        all.add("signed" + of(detail) + ":" + detail.path("signature").asString());
      } else if (detail.path("data").isString()) {
        all.add("hidden" + of(detail) + ":" + detail.path("data").asString());
      }
    }
    return all;
  }

  /** Whose it is, but for Anthropic's, and its id, which may say where it stood. */
  private static String of(JsonNode detail) {
    String format = detail.path("format").asString("");
    String id = detail.path("id").asString("");
    boolean other = format.matches("[a-z0-9-]{1,40}") && !format.equals(Thoughts.CLAUDE);
    return (other ? "." + format : "") + (id.matches("[A-Za-z0-9_-]{1,80}") ? "#" + id : "");
  }

  /**
   * Returns the entry of {@code reasoning_details} for an item that comes back; null for others'.
   */
  static @Nullable ObjectNode detail(JsonNode item) {
    Matcher sealed = FORM.matcher(item.path("encrypted_content").asString(""));
    if (!sealed.matches()) {
      return null;
    }
    ObjectNode detail = JsonBody.object();
    if (sealed.group(1).equals("hidden")) {
      detail.put("type", "reasoning.encrypted").put("data", sealed.group(4));
    } else {
      detail.put("type", "reasoning.text").put("text", text(item));
      detail.put("signature", sealed.group(4));
    }
    if (sealed.group(3) != null) {
      detail.put("id", sealed.group(3));
    }
    return sealed.group(2) == null ? detail : detail.put("format", sealed.group(2));
  }

  private static String text(JsonNode item) {
    var text = new StringBuilder();
    for (String name : List.of("summary", "content")) {
      item.path(name).forEach(part -> text.append(part.path("text").asString("")));
    }
    return text.toString();
  }
}
