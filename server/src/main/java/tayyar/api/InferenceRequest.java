package tayyar.api;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * What we need of the body of a request that a model answers, checked once.
 *
 * @param model the model's name as the client wrote it
 * @param messages at least one in a chat; the prompt of a completion, where it is text
 * @param stream whether the answer is wanted as server-sent events
 * @param includeUsage whether a stream ends with a usage chunk
 * @param sampling how tokens are chosen
 * @param stop stop strings, none of them empty; at most 16
 * @param features what the request asks for beyond plain text
 * @param body the original bytes; never changed
 * @param spans where in them the values stand that are changed on the way
 * @param asked what is asked for
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; a copy of each body would be waste
public record InferenceRequest(
    String model,
    List<Message> messages,
    boolean stream,
    boolean includeUsage,
    Sampling sampling,
    List<String> stop,
    Set<Feature> features,
    byte[] body,
    Spans spans,
    Asked asked) {

  /** A chat. */
  public InferenceRequest(
      String model,
      List<Message> messages,
      boolean stream,
      boolean includeUsage,
      Sampling sampling,
      List<String> stop,
      Set<Feature> features,
      byte[] body,
      Spans spans) {
    this(
        model,
        messages,
        stream,
        includeUsage,
        sampling,
        stop,
        features,
        body,
        spans,
        new Asked.Chat());
  }

  /** What is asked for, with what only that endpoint knows. */
  public sealed interface Asked {
    /** The next message of a conversation. */
    record Chat() implements Asked {}

    /**
     * What follows a text.
     *
     * @param promptBytes its length, about four for each token where it was given as tokens
     */
    record Completion(int promptBytes) implements Asked {}

    /**
     * The vectors of texts.
     *
     * @param inputs how many, at least 1
     * @param promptBytes the length of all together, as above
     * @param base64 whether each vector is wanted as little-endian 32-bit floats in base64
     */
    record Embeddings(int inputs, int promptBytes, boolean base64) implements Asked {}
  }

  /** Where it was asked. */
  public Endpoint endpoint() {
    return switch (asked) {
      case Asked.Chat _ -> Endpoint.CHAT;
      case Asked.Completion _ -> Endpoint.COMPLETIONS;
      case Asked.Embeddings _ -> Endpoint.EMBEDDINGS;
    };
  }

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
      int optionsTo,
      int saltFrom,
      int saltTo) {
    /** Of a body without a salt. */
    public Spans(
        int open,
        int modelFrom,
        int modelTo,
        int streamFrom,
        int streamTo,
        int optionsFrom,
        int optionsTo) {
      this(open, modelFrom, modelTo, streamFrom, streamTo, optionsFrom, optionsTo, -1, -1);
    }
  }

  /**
   * What keeps the cached prompts of some apart from those of others, as the body has it, with its
   * quotes; empty where there is none.
   */
  public String cacheSalt() {
    if (spans.saltFrom() < 0) {
      return "";
    }
    String raw =
        new String(
            body, spans.saltFrom(), spans.saltTo() - spans.saltFrom(), StandardCharsets.UTF_8);
    return raw.equals("null") ? "" : raw;
  }

  /** Bytes of all text that is given, as UTF-8; what the prompt's tokens are estimated from. */
  public int promptBytes() {
    return switch (asked) {
      case Asked.Chat _ -> messagesBytes();
      case Asked.Completion completion -> completion.promptBytes();
      case Asked.Embeddings embeddings -> embeddings.promptBytes();
    };
  }

  private int messagesBytes() {
    int bytes = 0;
    for (Message message : messages) {
      bytes += utf8Bytes(message.content());
    }
    return bytes;
  }

  /** The length of a text as UTF-8. */
  public static int utf8Bytes(String text) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }
}
