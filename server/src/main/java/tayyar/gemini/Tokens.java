package tayyar.gemini;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.Usage;
import tayyar.wire.PlainJson;
import tools.jackson.databind.JsonNode;

/**
 * The tokens of an answer. Each chunk may tell all up to it; thoughts are counted beside the
 * answer's, tokens in a cache are part of the prompt's, and what the server's own tools read is
 * not.
 *
 * @see <a href="https://ai.google.dev/api/generate-content#UsageMetadata">UsageMetadata</a>
 */
final class Tokens {
  /** What one chunk tells of them; what it does not tell is 0. */
  static final class Told {
    private static final byte[] PROMPT = ascii("promptTokenCount");
    private static final byte[] TOOLS = ascii("toolUsePromptTokenCount");
    private static final byte[] CACHED = ascii("cachedContentTokenCount");
    private static final byte[] CANDIDATES = ascii("candidatesTokenCount");
    private static final byte[] THOUGHTS = ascii("thoughtsTokenCount");
    private static final byte[] TOTAL = ascii("totalTokenCount");

    private int prompt;
    private int tools;
    private int cached;
    private int candidates;
    private int thoughts;
    private int total;

    private static byte[] ascii(String text) {
      return text.getBytes(US_ASCII);
    }

    void clear() {
      prompt = 0;
      tools = 0;
      cached = 0;
      candidates = 0;
      thoughts = 0;
      total = 0;
    }

    /** Whether it tells nothing. */
    boolean isNothing() {
      return prompt == 0 && candidates == 0 && thoughts == 0 && total == 0;
    }

    void read(JsonNode usage) {
      prompt = count(usage, "promptTokenCount");
      tools = count(usage, "toolUsePromptTokenCount");
      cached = count(usage, "cachedContentTokenCount");
      candidates = count(usage, "candidatesTokenCount");
      thoughts = count(usage, "thoughtsTokenCount");
      total = count(usage, "totalTokenCount");
    }

    private static int count(JsonNode usage, String name) {
      return Math.clamp(usage.path(name).asLong(0), 0, COUNT_MAX);
    }

    /** The same of JSON that is not decoded; false where it is odd. */
    boolean read(PlainJson json) {
      return json.object(() -> member(json));
    }

    private boolean member(PlainJson json) {
      if (json.next() < '0' || json.next() > '9') {
        return json.next() == '[' ? json.values() : json.value();
      }
      int count = json.integer();
      if (json.named(PROMPT)) {
        prompt = count;
      } else if (json.named(CANDIDATES)) {
        candidates = count;
      } else if (json.named(TOTAL)) {
        total = count;
      } else if (json.named(THOUGHTS)) {
        thoughts = count;
      } else if (json.named(CACHED)) {
        cached = count;
      } else if (json.named(TOOLS)) {
        tools = count;
      }
      return count >= 0 && count <= COUNT_MAX;
    }
  }

  /** More than this no request has. */
  private static final int COUNT_MAX = 100_000_000;

  private int prompt;
  private int cached;
  private int written;
  private int thought;

  /** Takes in what a chunk tells; null where that is nothing. */
  @Nullable Usage take(Told now) {
    if (now.isNothing()) {
      return null;
    }
    int read = now.prompt + now.tools;
    prompt = read == 0 ? prompt : read;
    cached = Math.max(cached, now.cached);
    thought = Math.max(thought, now.thoughts);
    // Some count thoughts among the candidates' tokens, and the total tells them.
    int rest = Math.max(0, now.total - read);
    int apart = now.candidates + now.thoughts;
    boolean among = apart == 0 || rest == now.candidates;
    written = Math.max(written, among && rest > 0 ? rest : apart);
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
}
