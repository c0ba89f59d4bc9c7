package tayyar.openai;

import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Finds what a request names of the things that are stored at a target, in the account of its
 * operator: files, containers, vector stores, skills. Whoever knows such a name would read it,
 * whoever stored it.
 */
public final class AccountFiles {
  /** The members that name them, in OpenAI's Responses and in Anthropic's Messages. */
  static final Set<String> NAMES =
      Set.of(
          "file_id",
          "file_ids",
          "container",
          "container_id",
          "vector_store_id",
          "vector_store_ids",
          "skill_id");

  /** What is inside them is the client's own, or was told to it and is only sent back. */
  private static final Set<String> DATA =
      Set.of(
          "input_schema",
          "parameters",
          "schema",
          "format",
          "metadata",
          "annotations",
          "citations",
          "outputs",
          "results");

  /**
   * What Anthropic's servers told of the files that their code has written; names, not contents.
   */
  private static final Set<String> WRITTEN =
      Set.of("code_execution_output", "bash_code_execution_output");

  private AccountFiles() {}

  /**
   * Returns the place of the first one; an empty text where there is none.
   *
   * @param body of a request, in one of these languages
   */
  public static String in(JsonNode body) {
    return inMembers(body, "");
  }

  private static String inMembers(JsonNode object, String at) {
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      String name = member.getKey();
      String where = at.isEmpty() ? name : at + "." + name;
      // Of a call, while that of a request of Responses is the conversation.
      boolean arguments = name.equals("input") && !at.isEmpty();
      String found =
          DATA.contains(name) || arguments ? "" : inMember(object, name, member.getValue(), where);
      if (!found.isEmpty()) {
        return found;
      }
    }
    boolean drawn = object.path("type").asString("").equals("image_generation_call");
    return drawn && object.path("result").asString("").isEmpty() ? at + ".id" : "";
  }

  private static String inMember(JsonNode object, String name, JsonNode value, String where) {
    if (NAMES.contains(name) && names(object, name, value)) {
      return where;
    }
    boolean names = name.equals("container") && value.path("id").isString();
    return names ? where + ".id" : inside(value, where);
  }

  /** A container may be described instead; the skills of the server's makers are everybody's. */
  private static boolean names(JsonNode object, String name, JsonNode value) {
    String type = object.path("type").asString("");
    return switch (name) {
      case "container" -> value.isString();
      case "skill_id" -> !type.equals("anthropic");
      case "file_id" -> !value.isNull() && !WRITTEN.contains(type);
      default -> !value.isNull() && !(value.isArray() && value.isEmpty());
    };
  }

  private static String inside(JsonNode value, String where) {
    if (value.isObject()) {
      return inMembers(value, where);
    }
    for (int i = 0; value.isArray() && i < value.size(); i++) {
      String found = inside(value.get(i), where + "[" + i + "]");
      if (!found.isEmpty()) {
        return found;
      }
    }
    return "";
  }
}
