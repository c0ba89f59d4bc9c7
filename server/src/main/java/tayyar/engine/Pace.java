package tayyar.engine;

/**
 * What steps take on this machine, learned from those that were computed, and how much of the
 * prompts fits into the next one that is not to be broken off. Belongs to the engine's thread.
 */
final class Pace {
  /** A step's length while others decode: what a long prompt adds to their gaps. */
  private static final long PIECE_BESIDE_NANOS = 50_000_000;

  /** A step's length while nobody else decodes: how long a cancellation may wait. */
  private static final long PIECE_ALONE_NANOS = 200_000_000;

  private static final int PIECE_LEAST = 32;

  private double nanosPerStep = 10_000_000;
  private double nanosPerToken = 1_000_000;
  private boolean measured;

  /** Tokens of prompts that the next step has time for. */
  int promptTokens(int decoding) {
    long span = decoding > 0 ? PIECE_BESIDE_NANOS : PIECE_ALONE_NANOS;
    return Math.max(PIECE_LEAST, (int) (span / nanosPerToken));
  }

  /** Whether it knows by now what a prompt's token takes. */
  boolean isMeasured() {
    return measured;
  }

  /** Says how long the step that begins should take. */
  void expect(Progress progress, int promptTokens) {
    if (promptTokens > 0 && !measured) {
      progress.beginsUnknown(promptTokens);
    } else {
      progress.begins(nanosPerStep + promptTokens * nanosPerToken);
    }
  }

  /**
   * Learns what a step of decoding takes, and what a prompt's token adds to it. Told apart, because
   * a small piece that had to pay for the whole step would look dear, and become smaller still.
   */
  void took(long nanos, int promptTokens, int decoding) {
    if (promptTokens == 0) {
      nanosPerStep = 0.9 * nanosPerStep + 0.1 * nanos;
    } else if (promptTokens >= PIECE_LEAST) {
      double added = Math.max(nanos - (decoding > 0 ? nanosPerStep : 0), 0.1 * nanos);
      nanosPerToken = 0.7 * nanosPerToken + 0.3 * added / promptTokens;
      measured = true;
    }
  }
}
