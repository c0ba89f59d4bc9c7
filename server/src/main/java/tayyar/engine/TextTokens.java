package tayyar.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import tayyar.api.ApiError;
import tayyar.api.Continuation;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.JsonText;
import tayyar.api.Refused;
import tayyar.api.Room;

/**
 * Makes the tokens of texts that vectors are made of. Names of control tokens in a text are text;
 * tokens are taken as they are. Safe for use by any thread; takes its time.
 */
final class TextTokens {
  /** A byte's share while its text is tokenised: itself twice, and an int for its token. */
  private static final int TOKENISED_BYTES = 6;

  private final Vocabulary vocabulary;
  private final int most;

  /**
   * Of a vocabulary.
   *
   * @param most tokens of a text
   */
  TextTokens(Vocabulary vocabulary, int most) {
    this.vocabulary = vocabulary;
    this.most = most;
  }

  /**
   * The tokens of all texts, in their order. What they take of the room stays taken.
   *
   * @param stop whether nobody wants them any more; what is returned is of no use then
   * @throws Refused if one has no tokens of this model, has too many, or there is no room for it
   */
  List<int[]> of(byte[] body, Asked.Embeddings asked, Room room, BooleanSupplier stop) {
    List<int[]> all = new ArrayList<>(asked.inputs());
    for (Continuation.Prompt text : asked.texts()) {
      if (stop.getAsBoolean()) {
        return all;
      }
      String where = asked.inputs() == 1 ? "input" : "input[" + all.size() + "]";
      int[] tokens =
          switch (text) {
            case Continuation.Words words -> words(words.of(body), where, room);
            case Continuation.Numbers(int from, int to) ->
                vocabulary.numbers(new String(body, from, to - from, US_ASCII), where);
          };
      if (tokens.length == 0) {
        throw new Refused(new ApiError.EmptyInput(where));
      }
      check(tokens.length, "", where);
      room.need((long) Integer.BYTES * tokens.length);
      all.add(tokens);
    }
    return all;
  }

  private int[] words(String text, String where, Room room) {
    check(vocabulary.tokensAtLeast(text), "at least ", where);
    long making = (long) TOKENISED_BYTES * JsonText.utf8Bytes(text);
    room.need(making);
    try {
      return vocabulary.whole(text);
    } finally {
      room.give(making);
    }
  }

  private void check(int tokens, String about, String where) {
    if (tokens > most) {
      String detail = "has " + about + tokens + " tokens; the model takes " + most + " at most.";
      throw new Refused(new ApiError.InputTooLarge(where, detail));
    }
  }
}
