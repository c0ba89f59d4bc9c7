package tayyar.bench;

import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;

/**
 * One request as its number and the seed decide it: the same in every run.
 *
 * @param prompts what it was drawn from
 * @param number counts from 0
 * @param model index into the prompts' models
 * @param promptTokens as asked: words, or a quarter of the bytes of a prompt from a file
 * @param answerTokens the longest answer, or 0 where nothing is said
 * @param line index of the prompt in the file, or -1
 * @param random goes on where the draws before ended
 */
record DrawnRequest(
    Prompts prompts,
    long number,
    int model,
    int promptTokens,
    int answerTokens,
    int line,
    SplittableRandom random) {

  /** Writes the request's body; once. */
  void write(ByteBuf out) {
    prompts.write(this, out);
  }

  String modelName() {
    return prompts.models().get(model);
  }
}
