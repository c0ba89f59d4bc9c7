package tayyar.gemini;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.Usage;
import tools.jackson.databind.JsonNode;

/**
 * The tokens of an answer. Each chunk may tell all up to it; thoughts are counted beside the
 * answer's, tokens in a cache are part of the prompt's, and what the server's own tools read is
 * not.
 *
 * @see <a href="https://ai.google.dev/api/generate-content#UsageMetadata">UsageMetadata</a>
 */
final class Tokens {
  private int prompt;
  private int cached;
  private int written;
  private int thought;

  /** Reads what is told; null where nothing is. */
  @Nullable Usage read(JsonNode usage) {
    if (!usage.isObject() || usage.isEmpty()) {
      return null;
    }
    int read = count(usage, "promptTokenCount") + count(usage, "toolUsePromptTokenCount");
    prompt = read == 0 ? prompt : read;
    cached = Math.max(cached, count(usage, "cachedContentTokenCount"));
    thought = Math.max(thought, count(usage, "thoughtsTokenCount"));
    // Some count thoughts among the candidates' tokens, and the total tells them.
    int apart = count(usage, "candidatesTokenCount") + count(usage, "thoughtsTokenCount");
    int total = count(usage, "totalTokenCount") - read;
    boolean among = total > 0 && total == count(usage, "candidatesTokenCount");
    written = Math.max(written, among ? total : apart);
    return usage(false);
  }

  private Usage usage(boolean estimated) {
    Map<String, Integer> details = thought == 0 ? Map.of() : Map.of("reasoning_tokens", thought);
    return new Usage(prompt, written, Math.min(cached, prompt), 0, estimated, details);
  }

  /**
   * In a document no token is seen: where none are told, four bytes are taken for one.
   *
   * @return null where they are told
   */
  @Nullable Usage estimate(int promptTokens, long bytes) {
    if (written > 0 || bytes == 0) {
      return null;
    }
    prompt = prompt == 0 ? promptTokens : prompt;
    written = (int) ((bytes + 3) / 4);
    return usage(true);
  }

  private static int count(JsonNode usage, String name) {
    return Math.clamp(usage.path(name).asLong(0), 0, 100_000_000);
  }
}
