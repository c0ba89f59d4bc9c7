package tayyar.api;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation, reduced to its text. As a client sent it, the text stays what it
 * is in the body until somebody reads it: an upstream is given the body, and a prompt may be long.
 * Immutable and safe for use by any thread.
 */
public final class Message {
  private static final byte[] NO_BODY = {};
  private static final int[] NO_SPANS = {};

  private final Role role;
  private final byte[] body;
  private final int[] spans;
  private @Nullable String content;

  /**
   * A message of which the text is known.
   *
   * @param role who speaks
   * @param content the text
   */
  public Message(Role role, String content) {
    this.role = role;
    this.body = NO_BODY;
    this.spans = NO_SPANS;
    this.content = content;
  }

  /**
   * A message whose text is the inside of JSON strings, joined.
   *
   * @param role who speaks
   * @param body holds the strings, which are valid; not changed by anybody from now on
   * @param spans where each begins and ends, in turn; empty for an empty text
   */
  public Message(Role role, byte[] body, int... spans) {
    this.role = role;
    this.body = body;
    this.spans = spans;
  }

  /** Who speaks. */
  public Role role() {
    return role;
  }

  /** The text; the text parts of an array joined; empty where the content was null. */
  public String content() {
    String known = content;
    if (known == null) {
      known = read();
      content = known;
    }
    return known;
  }

  private String read() {
    if (spans.length == 2) {
      return JsonText.unescape(body, spans[0], spans[1]);
    }
    var all = new StringBuilder();
    for (int i = 0; i < spans.length; i += 2) {
      all.append(JsonText.unescape(body, spans[i], spans[i + 1]));
    }
    return all.toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Message message
        && role == message.role
        && content().equals(message.content());
  }

  @Override
  public int hashCode() {
    return Objects.hash(role, content());
  }

  /** Without the text, which is nobody else's business. */
  @Override
  public String toString() {
    return "Message[" + role.wire() + "]";
  }

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
