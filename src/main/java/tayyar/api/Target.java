package tayyar.api;

import org.jspecify.annotations.Nullable;

/**
 * A server that can answer for a model.
 *
 * @param name how logs and metrics call it
 * @param address where it listens
 * @param path what stands before {@code /chat/completions}, for instance {@code /v1}
 * @param model the model's name over there
 * @param key its bearer key, or null; never logged, never sent elsewhere
 */
public record Target(
    String name, Address address, String path, String model, @Nullable String key) {

  /** Where a server listens. */
  public sealed interface Address {
    /**
     * A TCP address.
     *
     * @param host name or address
     * @param port 1 to 65535
     * @param tls whether to speak TLS, with the certificate checked against the host
     */
    record Tcp(String host, int port, boolean tls) implements Address {}

    /** A Unix domain socket. */
    record Unix(String path) implements Address {}
  }

  @Override
  public String toString() {
    return "Target[" + name + "]";
  }
}
