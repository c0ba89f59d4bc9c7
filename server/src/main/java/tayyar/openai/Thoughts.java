package tayyar.openai;

import tools.jackson.databind.JsonNode;

/**
 * Whose thinking an entry of {@code reasoning_details} is: a server takes back only its own. The
 * names are OpenRouter's.
 *
 * @see <a href="https://openrouter.ai/docs/use-cases/reasoning-tokens">Reasoning tokens</a>
 */
public final class Thoughts {
  /** Anthropic's, also where nothing is said. */
  public static final String CLAUDE = "anthropic-claude-v1";

  /** Google's. */
  public static final String GEMINI = "google-gemini-v1";

  private Thoughts() {}

  /** Whether an entry says that it is of this form. */
  public static boolean areOf(JsonNode detail, String format) {
    return detail.path("format").asString("").equals(format);
  }
}
