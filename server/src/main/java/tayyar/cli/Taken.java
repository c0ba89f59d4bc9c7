package tayyar.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import tayyar.config.Listen;

/** Why nothing can listen on an address. */
final class Taken {
  /** It may be a server with this configuration that has it. */
  static final String IN_USE = "the port is taken, stop the program that has it";

  private Taken() {}

  /**
   * Tries the address.
   *
   * @param flag what names it on the command line
   * @throws CommandException if it can't be had
   */
  static void check(String flag, Listen at) {
    String why = why(at);
    if (!why.isEmpty()) {
      throw new CommandException(
          "Nothing can listen on %s: %s. Choose another: %s %s."
              .formatted(at, why, flag, new Listen("127.0.0.1", 0) + " takes a free port"));
    }
  }

  /** Why the address can't be had now, in words; empty where it can. */
  static String why(Listen at) {
    var address = new InetSocketAddress(at.host(), at.port());
    if (address.isUnresolved()) {
      return "no machine has this name";
    }
    try (var probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address);
      return "";
    } catch (IOException e) {
      return reason(e);
    }
  }

  private static String reason(IOException e) {
    String why = String.valueOf(e.getMessage());
    return why.startsWith("Address already in use")
        ? IN_USE
        : why.startsWith("Cannot assign requested address")
            ? "this machine has no such address"
            : why;
  }
}
