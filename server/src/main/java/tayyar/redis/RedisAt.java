package tayyar.redis;

import org.jspecify.annotations.Nullable;

/**
 * Where Redis or Valkey is.
 *
 * @param tls whether it is spoken to over TLS
 * @param host a name or an address
 * @param database its number
 * @param user empty for the default one
 * @param password null for none
 */
public record RedisAt(
    boolean tls, String host, int port, int database, String user, @Nullable String password) {
  @Override
  public String toString() {
    return (tls ? "rediss" : "redis") + "://" + host + ":" + port + "/" + database;
  }
}
