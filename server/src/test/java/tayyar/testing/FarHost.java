package tayyar.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A host of its own on this machine, which two cables lead to: a network namespace. One cable is
 * for its clients and its upstream, the other for its stores, and the latter can be cut. Needs root
 * and {@code ip}.
 */
public final class FarHost implements AutoCloseable {
  /** Its address for clients. */
  public static final String ADDRESS = "198.18.7.2";

  /** Where this machine is for it, on the cable of its clients, and */
  public static final String HERE = "198.18.7.1";

  /** on that of its stores. */
  public static final String STORES = "198.18.8.1";

  private static final String CLIENTS_CABLE = "tayyar-clients";
  private static final String STORES_CABLE = "tayyar-stores";

  private static final String NAME = "tayyar-";

  private final String name = NAME + ProcessHandle.current().pid();

  private FarHost() {}

  /** Makes it, and its cables. */
  public static FarHost start() {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw Given.missing("root may make network namespaces alone");
    }
    Given.program("ip");
    removeLeftOvers();
    var host = new FarHost();
    ip("netns add " + host.name);
    try {
      ip("-n " + host.name + " link set lo up");
      host.cable(CLIENTS_CABLE, "clients", HERE, ADDRESS);
      host.cable(STORES_CABLE, "stores", STORES, "198.18.8.2");
    } catch (IllegalStateException e) {
      host.close();
      throw e;
    }
    return host;
  }

  /** Those of processes that were killed. */
  private static void removeLeftOvers() {
    ip("netns list")
        .lines()
        .map(line -> line.replaceFirst(" .*", ""))
        .filter(line -> line.matches(NAME + "[0-9]+"))
        .filter(line -> ProcessHandle.of(Long.parseLong(line.substring(NAME.length()))).isEmpty())
        .forEach(line -> ip("netns del " + line));
  }

  /** From an end here to one there, each with its address. */
  private void cable(String end, String far, String address, String farAddress) {
    ip("link add " + end + " type veth peer name " + far + " netns " + name);
    ip("addr add " + address + "/30 dev " + end);
    ip("link set " + end + " up");
    ip("-n " + name + " addr add " + farAddress + "/30 dev " + far);
    ip("-n " + name + " link set " + far + " up");
  }

  /** What a command begins with that runs there. */
  public List<String> before() {
    return List.of("ip", "netns", "exec", name);
  }

  /** Cuts the cable to its stores: what either sends is lost without a word. Or mends it. */
  public void cut(boolean apart) {
    ip("link set " + STORES_CABLE + (apart ? " down" : " up"));
  }

  /** Removes it; its processes have ended. */
  @Override
  public void close() {
    ip("netns del " + name);
  }

  private static String ip(String words) {
    try {
      Process its =
          new ProcessBuilder(("ip " + words).split(" ")).redirectErrorStream(true).start();
      String said = new String(its.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (its.waitFor() != 0) {
        throw new IllegalStateException("ip " + words + ": " + said);
      }
      return said;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
