package tayyar.api;

/** A part of an answer besides text, its end and its tokens. */
public sealed interface Part permits ToolCall, Part.Logprobs, Part.Vector, Part.Member {

  /**
   * Log-probabilities of the tokens of a choice's next text.
   *
   * @param of the kind of text; refusals occur only in chats
   * @param entries at least one entry of the array {@code logprobs.content} or {@code
   *     logprobs.refusal}: JSON on one line, with commas between. In a completion, four lines for
   *     each token: the token, its logarithm, the best ones with theirs, the place in the text;
   *     each JSON on one line
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Logprobs(Sink.Kind of, byte[] entries) implements Part {}

  /**
   * One embedding vector; the choice is the index of its input. It is all that an input gets.
   *
   * @param json the vector in the requested form: an array of numbers or a string
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Vector(byte[] json) implements Part {}

  /**
   * A member of the answer's JSON that only the client understands.
   *
   * @param place the object that it belongs to
   * @param name its name: letters, digits, {@code _}, {@code -} and {@code .}
   * @param json its value on one line
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Member(Place place, String name, byte[] json) implements Part {

    /** The object that a member belongs to. */
    public enum Place {
      /** Beside the choices; the choice means nothing. */
      ANSWER,
      /** In the choice. */
      CHOICE,
      /** In its message, or in a delta. */
      MESSAGE
    }
  }
}
