package tayyar.api;

import java.util.List;
import java.util.Set;

/**
 * What we need of the body of POST /v1/chat/completions, checked once.
 *
 * @param model the model's name as the client wrote it
 * @param messages at least one
 * @param stream whether the answer is wanted as server-sent events
 * @param includeUsage whether a stream ends with a usage chunk
 * @param sampling how tokens are chosen
 * @param stop stop strings, none of them empty; at most 16
 * @param features what the request asks for beyond plain text
 * @param body the original bytes; never changed
 * @param spans where in them the values stand that are changed on the way
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; a copy of each body would be waste
public record ChatRequest(
    String model,
    List<Message> messages,
    boolean stream,
    boolean includeUsage,
    Sampling sampling,
    List<String> stop,
    Set<Feature> features,
    byte[] body,
    Spans spans) {

  /**
   * Where the values stand in {@link #body} that an upstream must be given otherwise. A value that
   * is absent has a {@code from} of -1.
   *
   * @param open behind the object's opening brace
   */
  public record Spans(
      int open,
      int modelFrom,
      int modelTo,
      int streamFrom,
      int streamTo,
      int optionsFrom,
      int optionsTo) {}

  /** Bytes of all text in the messages, as UTF-8; what the prompt's tokens are estimated from. */
  public int promptBytes() {
    int bytes = 0;
    for (Message message : messages) {
      bytes += utf8Bytes(message.content());
    }
    return bytes;
  }

  private static int utf8Bytes(String text) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }
}
