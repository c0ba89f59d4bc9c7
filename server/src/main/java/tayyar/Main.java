package tayyar;

import tayyar.cli.Commands;
import tayyar.process.Vital;

/** Where it begins. */
public final class Main {
  private Main() {}

  /** The command line's entry. */
  public static void main(String[] args) {
    Vital.watch();
    System.exit(Commands.run(args, new Wired()));
  }
}
