package tayyar.config;

import org.jspecify.annotations.Nullable;

/**
 * Counters of limits that several gateways share, in Redis or Valkey.
 *
 * @param tls whether they are spoken to over TLS
 * @param database its number
 * @param user empty for the default one
 * @param password null for none
 * @param requestsClosed whether requests are refused while a limit of requests cannot be counted
 * @param tokensClosed the same of limits of tokens
 * @param atOnceClosed the same of limits of requests at once
 */
public record SharedLimits(
    boolean tls,
    String host,
    int port,
    int database,
    String user,
    @Nullable Secret password,
    boolean requestsClosed,
    boolean tokensClosed,
    boolean atOnceClosed) {
  /** Its address, without secrets. */
  public String address() {
    return (tls ? "rediss://" : "redis://") + host + ":" + port + "/" + database;
  }
}
