package tayyar.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Counters of limits that several gateways share.
 *
 * @param redis Redis or Valkey, or null where they are at the store
 * @param requestsClosed whether requests are refused while a limit of requests cannot be counted
 * @param tokensClosed the same of limits of tokens
 * @param atOnceClosed the same of limits of requests at once
 */
public record SharedLimits(
    @Nullable Redis redis, boolean requestsClosed, boolean tokensClosed, boolean atOnceClosed) {
  /**
   * Redis or Valkey.
   *
   * @param tls whether it is spoken to over TLS
   * @param database its number
   * @param user empty for the default one
   * @param password null for none
   * @param ca a PEM file with the authority behind its certificate, or null for Java's own
   */
  public record Redis(
      boolean tls,
      String host,
      int port,
      int database,
      String user,
      @Nullable Secret password,
      @Nullable Path ca) {}

  /** Where they are as the setting says it, without secrets. */
  public String at() {
    return redis == null
        ? SharedLimitsReader.STORE
        : (redis.tls ? "rediss://" : "redis://")
            + (redis.host + ":" + redis.port + "/" + redis.database);
  }
}
