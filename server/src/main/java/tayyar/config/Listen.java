package tayyar.config;

/**
 * An address to listen on.
 *
 * @param host a name or an address, without brackets
 * @param port 0 to 65535; 0 takes a free one
 */
public record Listen(String host, int port) {
  /** Refuses an address that nobody can listen on. */
  public Listen {
    if (host.isBlank() || port < 0 || port > 65_535) {
      throw new ConfigException(
          "'" + host + ":" + port + "' is no address; write one such as 127.0.0.1:8080");
    }
  }

  /** Reads {@code host:port}; an IPv6 address stands in brackets. */
  public static Listen of(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    String port = text.substring(colon + 1);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (host.isEmpty() || !port.matches("[0-9]{1,5}") || (host.contains(":") && !bracketed)) {
      throw new ConfigException("'" + text + "' is no address; write one such as 127.0.0.1:8080");
    }
    return new Listen(
        bracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(port));
  }

  /** Whether this machine alone reaches it, as far as the name says. */
  public boolean isLoopback() {
    return host.equalsIgnoreCase("localhost")
        || host.equals("::1")
        || host.matches("127(\\.[0-9]{1,3}){3}");
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
