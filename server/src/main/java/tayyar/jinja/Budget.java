package tayyar.jinja;

/** Counts the steps and the depth that one rendering has left. */
final class Budget {
  /** Most nodes that one rendering may visit. */
  private static final int STEPS_MAX = 5_000_000;

  /** Most macros inside macros. */
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
