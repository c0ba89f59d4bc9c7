package tayyar.stream;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tayyar.api.Choices;
import tayyar.api.FinishReason;
import tayyar.dialect.Answer;

/**
 * Why each choice ended, kept until the answer's end: some targets say so in each chunk, and some
 * go on behind it. Used on one event loop.
 */
final class Finishes {
  private @Nullable FinishReason[] all = {null};

  void put(int choice, FinishReason reason) {
    if (choice >= all.length) {
      all = Arrays.copyOf(all, choice + 1);
    }
    all[choice] = reason;
  }

  /** Choices that have not ended end here, as those do that reach their greatest length. */
  void endAtLength(Choices choices, int most) {
    for (int i = 0; i < most; i++) {
      if (choices.hasBegun(i) && !choices.hasEnded(i)) {
        choices.end(i);
        put(i, FinishReason.LENGTH);
      }
    }
  }

  void tellTo(Answer answer) {
    for (int i = 0; i < all.length; i++) {
      FinishReason reason = all[i];
      if (reason != null) {
        answer.finish(i, reason);
      }
    }
  }

  /** The first choice's, as the wire has it, or empty. */
  String first() {
    FinishReason first = all[0];
    return first == null ? "" : first.wire();
  }
}
