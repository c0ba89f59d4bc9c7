package tayyar.engine;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.Odds;
import tayyar.api.Sampling;

/**
 * The rules for choosing the next token, with nothing left open. Neutral values do nothing.
 *
 * @param temperature 0 is greedy, and so is all below 0.000001
 * @param topP 1 is off
 * @param topK 0 is off
 * @param minP 0 is off
 * @param repeatPenalty 1 is off
 * @param frequencyPenalty 0 is off
 * @param presencePenalty 0 is off
 * @param seed of the draw
 * @param biases what is added to logits first
 * @param ends which tokens end the answer
 */
record Sampler(
    float temperature,
    float topP,
    int topK,
    float minP,
    float repeatPenalty,
    float frequencyPenalty,
    float presencePenalty,
    int seed,
    List<Odds.Bias> biases,
    Ends ends) {
  /** The number of tokens that the penalties look back. */
  private static final int PENALTY_LAST_N = 256;

  /** Below this, dividing by the temperature gives infinity; what is likeliest is taken instead. */
  private static final float GREEDY_BELOW = 1e-6f;

  /** llama.cpp takes this seed for "any". */
  private static final int ANY_SEED = -1;

  /** Odd, so no two choices have one seed; large, so neighbouring seeds share none. */
  private static final int SEED_STEP = 0x9E3779B9;

  static Sampler of(
      Sampling asked, Sampling defaults, long anySeed, List<Odds.Bias> biases, Ends ends) {
    Long seed = asked.seed() != null ? asked.seed() : defaults.seed();
    return new Sampler(
        number(asked.temperature(), defaults.temperature(), 1),
        number(asked.topP(), defaults.topP(), 1),
        (int) number(asked.topK(), defaults.topK(), 0),
        number(asked.minP(), defaults.minP(), 0),
        number(asked.repeatPenalty(), defaults.repeatPenalty(), 1),
        number(asked.frequencyPenalty(), defaults.frequencyPenalty(), 0),
        number(asked.presencePenalty(), defaults.presencePenalty(), 0),
        folded(seed != null ? seed : anySeed),
        biases,
        ends);
  }

  /** The same for one of several answers to a prompt, each of which draws by a seed of its own. */
  Sampler of(int choice) {
    return new Sampler(
        temperature,
        topP,
        topK,
        minP,
        repeatPenalty,
        frequencyPenalty,
        presencePenalty,
        folded(Integer.toUnsignedLong(seed + choice * SEED_STEP)),
        biases,
        ends);
  }

  private static float number(@Nullable Number asked, @Nullable Number usual, float neutral) {
    Number chosen = asked != null ? asked : usual;
    return chosen != null ? chosen.floatValue() : neutral;
  }

  private static int folded(long seed) {
    int folded = (int) (seed ^ (seed >>> 32));
    return folded == ANY_SEED ? 0 : folded;
  }

  /** Whether the tokens drawn so far count. */
  boolean remembers() {
    return repeatPenalty != 1 || frequencyPenalty != 0 || presencePenalty != 0;
  }

  /** Makes llama.cpp's chain of it, to be freed by the caller. */
  MemorySegment chain(Llama llama, int vocabSize) {
    MemorySegment chain = llama.newChain();
    if (!biases.isEmpty()) {
      llama.addBiases(chain, vocabSize, biases);
    }
    if (remembers()) {
      llama.addPenalties(
          chain, vocabSize, PENALTY_LAST_N, repeatPenalty, frequencyPenalty, presencePenalty);
    }
    if (temperature < GREEDY_BELOW) {
      llama.addGreedy(chain);
      return chain;
    }
    if (topK > 0) {
      llama.addTopK(chain, topK);
    }
    if (topP < 1) {
      llama.addShare(chain, "top_p", topP);
    }
    if (minP > 0) {
      llama.addShare(chain, "min_p", minP);
    }
    llama.addTemperature(chain, temperature);
    llama.addDraw(chain, seed);
    return chain;
  }
}
