package tayyar.openai;

import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tayyar.api.Refused;
import tools.jackson.databind.JsonNode;

/** What a chat asks for, as far as targets of other languages are told it in other words. */
public final class Wanted {
  /** Members that ask for what OpenAI's API alone has, or servers of it. */
  private static final Set<String> OPENAIS =
      Set.of(
          "logit_bias",
          "audio",
          "modalities",
          "functions",
          "function_call",
          "web_search_options",
          "continue_final_message");

  /** Those that hold an answer to a form: vLLM's, SGLang's and llama.cpp's. */
  static final Set<String> FORMS =
      Set.of(
          "guided_json",
          "guided_regex",
          "guided_choice",
          "guided_grammar",
          "structured_outputs",
          "structural_tag",
          "json_schema",
          "grammar",
          "regex",
          "ebnf");

  /**
   * Members that change an answer at other servers; the engine follows some, and refuses the
   * others.
   */
  static final Set<String> OTHERS =
      Set.of(
          "ignore_eos",
          "min_tokens",
          "stop_token_ids",
          "bad_words",
          "allowed_token_ids",
          "include_stop_str_in_output",
          "use_beam_search",
          "truncate_prompt_tokens",
          "prompt_logprobs",
          "chat_template");

  private Wanted() {}

  /**
   * Returns the members of a chat that another language can't say, unless they ask for nothing.
   *
   * @param more those that only some languages can say
   */
  public static Set<String> unsayable(String... more) {
    return Stream.of(OPENAIS, FORMS, Set.of(more))
        .flatMap(Set::stream)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Refuses a chat that asks for what one of these members stands for.
   *
   * @param unable makes the error of what can't be said, by its place
   */
  public static void refuse(JsonNode chat, Set<String> names, Function<String, Refused> unable) {
    for (String name : names) {
      if (!isNothing(name, chat.path(name))) {
        throw unable.apply(name);
      }
    }
  }

  /**
   * Whether a member of a chat asks for nothing: it is absent, or has the value that stands for it.
   */
  private static boolean isNothing(String name, JsonNode value) {
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
        : value.isBoolean()
            ? !value.asBoolean()
            : value.isNumber() ? value.asInt() == 0 : value.asString("x").isEmpty();
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
