package tayyar.telemetry;

import java.util.Map;
import tayyar.api.Endpoint;

/** Names of the GenAI conventions. */
final class Provider {
  private static final Map<String, String> BY_HOST =
      Map.ofEntries(
          Map.entry("anthropic.com", "anthropic"),
          Map.entry("openai.azure.com", "azure.ai.openai"),
          Map.entry("cohere.com", "cohere"),
          Map.entry("deepseek.com", "deepseek"),
          Map.entry("generativelanguage.googleapis.com", "gcp.gemini"),
          Map.entry("aiplatform.googleapis.com", "gcp.vertex_ai"),
          Map.entry("groq.com", "groq"),
          Map.entry("mistral.ai", "mistral_ai"),
          Map.entry("moonshot.ai", "moonshot_ai"),
          Map.entry("perplexity.ai", "perplexity"),
          Map.entry("x.ai", "x_ai"));

  private Provider() {}

  /**
   * The provider's name, by the target's name; an unknown one is {@code openai}, since it speaks
   * OpenAI's language, and the worker, which has no port, is {@code tayyar}.
   */
  static String of(String target) {
    int colon = target.indexOf(':', target.indexOf(']') + 1);
    String host = colon < 0 ? target : target.substring(0, colon);
    for (Map.Entry<String, String> known : BY_HOST.entrySet()) {
      if (host.equals(known.getKey()) || host.endsWith("." + known.getKey())) {
        return known.getValue();
      }
    }
    return colon < 0 ? "tayyar" : "openai";
  }

  static String operation(Endpoint endpoint) {
    return switch (endpoint) {
      case CHAT -> "chat";
      case COMPLETIONS -> "text_completion";
      case EMBEDDINGS -> "embeddings";
    };
  }
}
