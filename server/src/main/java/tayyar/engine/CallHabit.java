package tayyar.engine;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tayyar.api.Message;
import tayyar.engine.Conversation.Ids;
import tayyar.engine.Conversation.Style;
import tayyar.grammar.CallShape;
import tayyar.jinja.Fault;
import tayyar.jinja.Raised;

/**
 * How a model calls tools, learned from its template: a conversation with calls is rendered, and
 * what the template writes around a call is what the model was taught to write.
 *
 * @param tellsTools whether the template tells of tools
 * @param tellsCalls whether it tells of calls and their results
 * @param style how it wants its values
 */
record CallHabit(boolean tellsTools, boolean tellsCalls, Style style, CallShape shape) {
  /** The shapes of models whose templates tell of tools alone, by the tag they ask for. */
  private static final Map<String, CallShape> BY_TAG =
      Map.of(
          "<tool_call>",
          new CallShape(
              "<tool_call>\n{\"name\": \"",
              "\", \"arguments\": ",
              "}\n</tool_call>",
              "}\n</tool_call>\n<tool_call>\n{\"name\": \""),
          "<|tool_call|>",
          new CallShape(
              "<|tool_call|>[{\"name\": \"", "\", \"arguments\": ", "}]", "}, {\"name\": \""));

  /** How they ask for what stands there; others have elements between the same tags. */
  private static final Pattern AS_JSON = Pattern.compile("(?i)\\bjson\\s+(object|list|array)\\b");

  /** Renders a conversation of the trial. */
  interface Rendering {
    /**
     * What the template makes of it.
     *
     * @param asks whether the prompt for an answer follows
     * @throws Fault if it fails
     * @throws Raised if it refuses
     */
    String of(List<Message> messages, List<Object> tools, boolean asks, Style style);
  }

  /**
   * Learns it.
   *
   * @param ends the names of the tokens that end an answer
   */
  static CallHabit of(Rendering template, List<String> ends, boolean inParts) {
    for (Ids ids : Ids.values()) {
      var trial = new CallTrial(template, ends, new Style(inParts, false, ids));
      CallHabit found = found(trial, new Style(inParts, false, ids));
      if (found == null && !trial.tellsArguments()) {
        var style = new Style(inParts, true, ids);
        found = found(new CallTrial(template, ends, style), style);
      }
      if (found != null) {
        return found;
      }
    }
    var style = new Style(inParts, false, Ids.ANY);
    String told = new CallTrial(template, ends, style).told();
    return BY_TAG.entrySet().stream()
        .filter(tag -> told.contains(tag.getKey()) && AS_JSON.matcher(told).find())
        .findFirst()
        .map(tag -> new CallHabit(true, false, style, tag.getValue()))
        .orElse(new CallHabit(false, false, style, CallShape.PLAIN));
  }

  private static @Nullable CallHabit found(CallTrial trial, Style style) {
    CallShape shape = trial.shape();
    return shape == null ? null : new CallHabit(true, true, style, shape);
  }
}
