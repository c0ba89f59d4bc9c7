package tayyar.jinja;

/** What one rendering may still use up. */
final class Budget {
  /** Nodes that one rendering may visit. */
  private static final int STEPS_MAX = 5_000_000;

  /** Macros inside macros. */
  private static final int DEPTH_MAX = 64;

  private int steps = STEPS_MAX;
  private int depth;

  void step() {
    if (--steps < 0) {
      throw new Fault("the template does not come to an end");
    }
  }

  void enter() {
    if (++depth > DEPTH_MAX) {
      throw new Fault("the template calls itself too deep");
    }
  }

  void leave() {
    depth--;
  }
}
