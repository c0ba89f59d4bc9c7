package tayyar.gemini;

import java.util.Map;
import tayyar.openai.JsonBody;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How much a model thinks, as Google's endpoint for OpenAI's language understands an effort: models
 * of the generation 2 by tokens, newer ones by a level. Thoughts are told where an effort is asked
 * for.
 *
 * @see <a href="https://ai.google.dev/gemini-api/docs/openai">OpenAI compatibility</a>
 * @see <a href="https://ai.google.dev/gemini-api/docs/thinking">Thinking</a>
 */
final class Thinking {
  private static final Map<String, Integer> BUDGETS =
      Map.of(
          "none", 0, "minimal", 1024, "low", 1024, "medium", 8192, "high", 24_576, "xhigh", 24_576);

  private static final Map<String, String> NAMES =
      Map.of(
          "thinking_budget", "thinkingBudget",
          "thinking_level", "thinkingLevel",
          "include_thoughts", "includeThoughts");

  private Thinking() {}

  /** Returns the server's form of an effort; empty where there is none. */
  static ObjectNode of(String effort, String model) {
    ObjectNode its = JsonBody.object();
    if (!BUDGETS.containsKey(effort)) {
      return its;
    }
    if (model.contains("gemini-2")) {
      its.put("thinkingBudget", BUDGETS.get(effort));
    } else {
      its.put("thinkingLevel", level(effort, model));
    }
    return effort.equals("none") ? its : its.put("includeThoughts", true);
  }

  /** The larger models have no smaller level than low. */
  private static String level(String effort, String model) {
    return switch (effort) {
      case "none", "minimal" -> model.contains("-pro") ? "low" : "minimal";
      case "xhigh" -> "high";
      default -> effort;
    };
  }

  /** Returns the same of what a client wrote in the server's own words, with lines in its names. */
  static ObjectNode given(JsonNode config) {
    ObjectNode its = JsonBody.object();
    config
        .properties()
        .forEach(one -> its.set(NAMES.getOrDefault(one.getKey(), one.getKey()), one.getValue()));
    return its;
  }
}
