package tayyar.api;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/** A part of an answer besides text, its end and its tokens. */
public sealed interface Part
    permits ToolCall, Part.Logprobs, Part.Vector, Part.Member, Part.Native {

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
  record Vector(byte[] json) implements Part {
    /**
     * Writes a vector as a string.
     *
     * @param floats little-endian, of 32 bits each
     */
    public static Vector base64(byte[] floats) {
      return new Vector(
          ('"' + Base64.getEncoder().encodeToString(floats) + '"').getBytes(US_ASCII));
    }

    /** Writes one as numbers, each in the fewest digits that say it exactly; all are finite. */
    public static Vector numbers(byte[] floats) {
      ByteBuffer in = ByteBuffer.wrap(floats).order(ByteOrder.LITTLE_ENDIAN);
      var out = new StringBuilder(floats.length * 3).append('[');
      while (in.hasRemaining()) {
        out.append(out.length() == 1 ? "" : ",").append(in.getFloat());
      }
      return new Vector(out.append(']').toString().getBytes(US_ASCII));
    }
  }

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

  /**
   * What a target says in its own language and no other can tell; only for a client that speaks the
   * same. Texts and calls come as such, between these.
   *
   * @param json an object on one line; empty for {@link Step#STOP}
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Native(Step step, byte[] json) implements Part {
    /** Whether it stands for a token, as what a target's own tools write does. */
    public boolean isText() {
      return step == Step.DELTA;
    }

    /** The meaning of such a part, in the words of Anthropic's Messages. */
    public enum Step {
      /** A block begins that is neither text nor thinking nor a call. */
      BLOCK,
      /** It goes on, or more is told of the open text or thinking. */
      DELTA,
      /** The open block is complete. */
      STOP,
      /** How the answer ended. */
      END,
      /** The tokens, in more detail than {@link Usage}. */
      USAGE
    }
  }
}
