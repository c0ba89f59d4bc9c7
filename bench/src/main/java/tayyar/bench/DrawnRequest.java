package tayyar.bench;

import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;

/**
 * One request. Its number and the seed decide it, so it is the same in every run.
 *
 * @param prompts the source of the draw
 * @param number counts from 0
 * @param model index into the prompts' models
 * @param promptTokens the planned size: words, or a quarter of the bytes of a prompt from a file
 * @param answerTokens the longest answer, or 0 for no limit
 * @param line index of the prompt in the file, or -1
 * @param random continues the draws before
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
