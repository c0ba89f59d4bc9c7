package tayyar.api;

import java.util.Locale;

/**
 * One message of a conversation, reduced to its text.
 *
 * @param role who speaks
 * @param content the text; the text parts of an array joined; empty where the content was null
 */
public record Message(Role role, String content) {

  /** The roles of the chat completions API. */
  public enum Role {
    /** Instructions that stand above the conversation. */
    SYSTEM,
    /** The newer name of {@link #SYSTEM}. */
    DEVELOPER,
    /** The person who asks. */
    USER,
    /** The model. */
    ASSISTANT,
    /** The result of a tool call. */
    TOOL,
    /** The deprecated form of {@link #TOOL}. */
    FUNCTION;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** The role as it stands on the wire, in lower case. */
    public String wire() {
      return wire;
    }
  }
}
