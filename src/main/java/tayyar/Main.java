package tayyar;

/** Wires everything with {@code new}. */
public final class Main {
  private Main() {}

  /** The command line's entry. */
  public static void main(String[] args) {}
}
