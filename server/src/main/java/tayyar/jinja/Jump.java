package tayyar.jinja;

/** Leaves the loop it is in, or only its turn. */
final class Jump extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final boolean leaves;

  Jump(boolean leaves) {
    super(null, null, false, false);
    this.leaves = leaves;
  }

  /** Whether the loop is left, or else only its turn. */
  boolean leaves() {
    return leaves;
  }
}
