package tayyar;

import tayyar.cli.Commands;

/** Where it begins. */
public final class Main {
  private Main() {}

  /** The command line's entry. */
  public static void main(String[] args) {
    System.exit(Commands.run(args, new Wired()));
  }
}
