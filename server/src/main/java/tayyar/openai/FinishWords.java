package tayyar.openai;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;

/**
 * The words by which servers say why an answer ended: those of the schema, and what Anthropic,
 * Bedrock, Cohere, Gemini, GLM, Mistral, TGI and others say in their place. Case, spaces and signs
 * make no difference. Some of the words say that there is no good end.
 */
public final class FinishWords {
  private static final Pattern SIGNS = Pattern.compile("[\\s_.-]+");

  private static final Map<String, FinishReason> REASONS =
      reasons(
          Map.of(
              FinishReason.STOP,
              List.of(
                  "stop",
                  "stopped",
                  "stop_sequence",
                  "end",
                  "end_turn",
                  "pause_turn",
                  "end_of_text",
                  "end_of_turn",
                  "eos",
                  "eos_token",
                  "complete",
                  "completed",
                  "done",
                  "finished",
                  "normal"),
              FinishReason.LENGTH,
              List.of(
                  "length",
                  "max_length",
                  "max_tokens",
                  "max_new_tokens",
                  "max_output_tokens",
                  "max_completion_tokens",
                  "token_limit",
                  "time_limit",
                  "model_length",
                  "model_context_window_exceeded",
                  "context_length_exceeded"),
              FinishReason.TOOL_CALLS,
              List.of("tool_calls", "tool_call", "tool_use"),
              FinishReason.FUNCTION_CALL,
              List.of("function_call"),
              FinishReason.CONTENT_FILTER,
              List.of(
                  "content_filter",
                  "content_filtered",
                  "filtered",
                  "blocked",
                  "safety",
                  "image_safety",
                  "sensitive",
                  "recitation",
                  "image_recitation",
                  "prohibited_content",
                  "image_prohibited_content",
                  "blocklist",
                  "spii",
                  "language",
                  "model_armor",
                  "refusal",
                  "guardrail_intervened",
                  "error_toxic",
                  "moderation")));

  /** The server failed. */
  private static final Set<String> FAILED =
      plain(
          List.of(
              "error",
              "failed",
              "failure",
              "abort",
              "aborted",
              "cancelled",
              "canceled",
              "timeout",
              "network_error",
              "server_error",
              "internal_error",
              "internal_server_error",
              "model_error",
              "engine_error",
              "overloaded",
              "unavailable",
              "insufficient_system_resource"));

  /** The model wrote what its server could not take for a call or an answer. */
  private static final Set<String> MALFORMED =
      plain(
          List.of(
              "malformed_function_call",
              "malformed_tool_call",
              "malformed_tool_use",
              "malformed_response",
              "malformed_model_output",
              "unexpected_tool_call",
              "too_many_tool_calls",
              "missing_thought_signature",
              "no_image"));

  private FinishWords() {}

  private static Map<String, FinishReason> reasons(Map<FinishReason, List<String>> words) {
    return words.entrySet().stream()
        .flatMap(of -> of.getValue().stream().map(word -> Map.entry(plain(word), of.getKey())))
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static Set<String> plain(List<String> words) {
    return words.stream()
        .map((Function<String, String>) FinishWords::plain)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String plain(String word) {
    return SIGNS.matcher(word.toLowerCase(Locale.ROOT)).replaceAll("");
  }

  /** Whether a word says nothing: some have one in each chunk. */
  public static boolean isNone(String word) {
    String plain = plain(word);
    return plain.isEmpty() || plain.equals("null") || plain.equals("none");
  }

  /** Returns the error of a word that stands for a bad end; null for all others. */
  public static @Nullable ApiError failure(String word) {
    String plain = plain(word);
    if (MALFORMED.contains(plain)) {
      return new ApiError.UnreadableAnswer("its server made no sense of what the model wrote.");
    }
    return FAILED.contains(plain)
        ? new ApiError.UpstreamFailed("it gave up in the middle of its answer.")
        : null;
  }

  /** The reason that a word stands for, or null where nobody knows it. */
  public static @Nullable FinishReason reason(String word) {
    return REASONS.get(plain(word));
  }
}
