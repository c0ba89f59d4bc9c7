package tayyar.bench;

/** The address on which an endpoint listens. */
sealed interface Peer {
  /**
   * A TCP address.
   *
   * @param host name or address, an IPv6 one without brackets
   * @param port 1 to 65535
   * @param tls whether to speak TLS, with the certificate checked against the host
   */
  record Tcp(String host, int port, boolean tls) implements Peer {}

  /** A Unix domain socket. */
  record Unix(String path) implements Peer {}
}
