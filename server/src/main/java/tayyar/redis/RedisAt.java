package tayyar.redis;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where Redis or Valkey is.
 *
 * @param tls whether it is spoken to over TLS
 * @param host a name or an address
 * @param database its number
 * @param user empty for the default one
 * @param password null for none
 * @param ca a PEM file with the authority behind its certificate, or null for Java's own
 */
public record RedisAt(
    boolean tls,
    String host,
    int port,
    int database,
    String user,
    @Nullable String password,
    @Nullable Path ca) {
  @Override
  public String toString() {
    return (tls ? "rediss" : "redis") + "://" + host + ":" + port + "/" + database;
  }
}
