package tayyar.api;

import java.util.Locale;

/**
 * The reason why a choice ended; all values of the chat completions schema.
 *
 * @see <a href="https://github.com/openai/openai-openapi">CreateChatCompletionStreamResponse</a>
 */
public enum FinishReason {
  /** A natural end or a stop string. */
  STOP,
  /** The token limit or the end of the context. */
  LENGTH,
  /** The model calls tools. */
  TOOL_CALLS,
  /** Content was withheld. */
  CONTENT_FILTER,
  /** The deprecated form of {@link #TOOL_CALLS}. */
  FUNCTION_CALL;

  private final String wire = name().toLowerCase(Locale.ROOT);

  /** Returns the value on the wire. */
  public String wire() {
    return wire;
  }
}
