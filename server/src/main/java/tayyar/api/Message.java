package tayyar.api;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation, reduced to its text. The text of a client's message stays in the
 * body until somebody reads it: most requests are relayed as they are, and a prompt may be long.
 * Immutable and safe for use by any thread.
 */
public final class Message {
  private static final byte[] NO_BODY = {};
  private static final int[] NO_SPANS = {};

  private final Role role;
  private final byte[] body;
  private final int[] spans;
  private final int from;
  private final int to;
  private @Nullable String content;
  private int utf8Bytes = -1;

  /**
   * Creates a message with a text.
   *
   * @param role the speaker's role
   * @param content the text
   */
  public Message(Role role, String content) {
    this.role = role;
    this.body = NO_BODY;
    this.spans = NO_SPANS;
    this.from = 0;
    this.to = 0;
    this.content = content;
  }

  /**
   * Creates a message whose text is in a body, as one or more JSON strings.
   *
   * @param role the speaker's role
   * @param body holds the strings, which are valid; must not change any more
   * @param spans the begin and end of each string, in turn; empty for an empty text
   */
  public Message(Role role, byte[] body, int... spans) {
    this(role, body, 0, 0, spans);
  }

  /**
   * The same of a message that has more than a text, such as calls of tools.
   *
   * @param from where the whole message begins in the body
   * @param to behind its end
   */
  public Message(Role role, byte[] body, int from, int to, int[] spans) {
    this.role = role;
    this.body = body;
    this.from = from;
    this.to = to;
    this.spans = spans;
  }

  /** Returns the speaker's role. */
  public Role role() {
    return role;
  }

  /** Returns the text; of an array, its text parts joined; empty where the content was null. */
  public String content() {
    String known = content;
    if (known == null) {
      known = read();
      content = known;
    }
    return known;
  }

  /** Returns the whole message as it was sent, if it has more than a text; empty if not. */
  public String json() {
    return new String(body, from, to - from, StandardCharsets.UTF_8);
  }

  /** Returns the length of its text as UTF-8; counts it in the body, and once. */
  int utf8Bytes() {
    int known = utf8Bytes;
    if (known < 0) {
      known = spans.length == 0 ? JsonText.utf8Bytes(content()) : bytesInBody();
      utf8Bytes = known;
    }
    return known;
  }

  private int bytesInBody() {
    int bytes = 0;
    for (int i = 0; i < spans.length; i += 2) {
      bytes += JsonText.utf8Bytes(body, spans[i], spans[i + 1]);
    }
    return bytes;
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
        && content().equals(message.content())
        && Arrays.equals(body, from, to, message.body, message.from, message.to);
  }

  @Override
  public int hashCode() {
    return Objects.hash(role, content());
  }

  /** Leaves the text out: prompts are never logged. */
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

    /** Returns the role on the wire, in lower case. */
    public String wire() {
      return wire;
    }
  }
}
