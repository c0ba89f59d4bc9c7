package tayyar.jinja;

/** Leaves the innermost loop, or only its present iteration. */
final class Jump extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final boolean leaves;

  Jump(boolean leaves) {
    super(null, null, false, false);
    this.leaves = leaves;
  }

  /** Whether it leaves the loop, or else only the present iteration. */
  boolean leaves() {
    return leaves;
  }
}
