package tayyar.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import tayyar.config.Listen;

/** Why nothing can listen on an address. */
final class Taken {
  private Taken() {}

  /**
   * Tries the address.
   *
   * @param flag what names it on the command line
   * @throws CommandException if it can't be had
   */
  static void check(String flag, Listen at) {
    var address = new InetSocketAddress(at.host(), at.port());
    if (address.isUnresolved()) {
      throw refused(flag, at, "no machine has this name");
    }
    try (var probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address);
    } catch (IOException e) {
      throw refused(flag, at, reason(e));
    }
  }

  private static CommandException refused(String flag, Listen at, String why) {
    return new CommandException(
        "Nothing can listen on %s: %s. Choose another: %s %s."
            .formatted(at, why, flag, new Listen("127.0.0.1", 0) + " takes a free port"));
  }

  private static String reason(IOException e) {
    String why = String.valueOf(e.getMessage());
    return why.startsWith("Address already in use")
        ? "the port is taken, stop the program that has it"
        : why.startsWith("Cannot assign requested address")
            ? "this machine has no such address"
            : why;
  }
}
