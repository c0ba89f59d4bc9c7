package tayyar.openai;

import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Sink;
import tayyar.api.Usage;
import tools.jackson.core.JacksonException;

/**
 * Reads how many tokens a prompt has: one document with {@code input_tokens}, as the APIs of
 * Anthropic and OpenAI tell it, and our own workers too.
 */
public final class CountReading extends DocumentReading {
  private final Sink sink;

  /** Tells the number to a sink, as that of a usage's prompt. */
  public CountReading(Sink sink) {
    super("it streams a number.");
    this.sink = sink;
  }

  @Override
  public @Nullable ApiError document(byte[] body) {
    int tokens;
    try {
      tokens = LooseJson.cutTree(body, 0, body.length).path("input_tokens").asInt(-1);
    } catch (JacksonException e) {
      tokens = -1;
    }
    if (tokens < 0) {
      return new ApiError.UpstreamFailed("it did not say how many tokens there are.");
    }
    sink.usage(new Usage(tokens, 0, 0, false));
    return null;
  }
}
