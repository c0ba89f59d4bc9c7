package tayyar.messages;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What a conversation says of its tools: which a search has found, which came and which went. */
final class ToolChanges {
  private final Map<String, Boolean> there = new HashMap<>();
  private final List<JsonNode> added = new ArrayList<>();

  /** A search has found a tool. */
  void found(String name) {
    there.put(name, true);
  }

  /**
   * Takes in a block of the system's; one that changes no tool, or one of another server, is left.
   */
  void take(JsonNode block) {
    String type = block.path("type").asString("");
    JsonNode tool = block.path("tool");
    if (isChange(block)) {
      JsonNode definition = tool.path("definition");
      if (definition.isObject()) {
        added.removeIf(each -> each.path("name").equals(definition.path("name")));
        added.add(definition);
      }
      String name = tool.path("name").asString(definition.path("name").asString(""));
      there.put(name, type.equals("tool_addition"));
    }
  }

  static boolean isChange(JsonNode block) {
    return block.path("type").asString("").matches("tool_addition|tool_removal");
  }

  /** The tools of a request and of its conversation, without those that went. */
  List<JsonNode> of(JsonNode tools) {
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode tool : tools) {
      if (added.stream().noneMatch(each -> each.path("name").equals(tool.path("name")))) {
        all.add(tool);
      }
    }
    all.addAll(added);
    boolean searched =
        all.stream().anyMatch(each -> each.path("type").asString("").startsWith("tool_search_"));
    all.removeIf(each -> !isThere(each, searched));
    return all;
  }

  /**
   * One whose loading is deferred is there once a search has found it. Where Anthropic was to
   * search, nobody does, so all are there from the beginning.
   */
  private boolean isThere(JsonNode tool, boolean searched) {
    boolean first = searched || !tool.path("defer_loading").asBoolean(false);
    return there.getOrDefault(tool.path("name").asString(""), first);
  }
}
