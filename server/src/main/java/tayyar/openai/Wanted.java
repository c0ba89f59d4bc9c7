package tayyar.openai;

import tools.jackson.databind.JsonNode;

/** What a chat asks for, as far as targets of other languages are told it in other words. */
public final class Wanted {
  private Wanted() {}

  /**
   * Whether a member of a chat asks for nothing: it is absent, or has the value that stands for it.
   */
  public static boolean isNothing(String name, JsonNode value) {
    return switch (name) {
      case "n" -> value.asInt(1) == 1;
      // Empty options ask for a search as well.
      case "web_search_options" -> value.isMissingNode() || value.isNull();
      case "function_call" -> value.asString("").matches("none|auto|");
      case "modalities" ->
          value.isEmpty() || (value.size() == 1 && value.path(0).asString("").equals("text"));
      default -> value.isMissingNode() || value.isNull() || isNone(value);
    };
  }

  private static boolean isNone(JsonNode value) {
    return value.isContainer()
        ? value.isEmpty()
        : value.isBoolean() ? !value.asBoolean() : value.isNumber() && value.asInt() == 0;
  }

  /** Whether a member is there and is not null. */
  public static boolean isThere(JsonNode value) {
    return !value.isMissingNode() && !value.isNull();
  }

  /** Returns the most tokens that the answer may have; 0 where a chat does not say. */
  public static int mostTokens(JsonNode chat) {
    JsonNode newer = chat.path("max_completion_tokens");
    JsonNode most = newer.isIntegralNumber() ? newer : chat.path("max_tokens");
    // -1 is for no limit.
    return most.isIntegralNumber() ? Math.max(0, most.asInt()) : 0;
  }

  /** Returns OpenAI's word for how much the model is to think; empty where there is none. */
  public static String effort(JsonNode chat) {
    JsonNode given = chat.path("reasoning_effort");
    return given.isString() ? given.asString() : chat.path("reasoning").path("effort").asString("");
  }
}
