package tayyar.testing;

/**
 * Prints a measurement that a test does not assert: a line of its output that {@code ./tayyar test}
 * shows at the end.
 */
public final class Measured {
  private Measured() {}

  /** Prints a line. */
  public static void print(String line) {
    System.out.println("measured: " + line);
  }
}
