package tayyar.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tayyar.api.StoreAddress;

/** Reads {@code limits:}. */
final class SharedLimitsReader {
  /** The word for counters at the store, which is a PostgreSQL server's. */
  static final String STORE = "store";

  /** The word for a gateway that counts its own requests alone. */
  private static final String NONE = "none";

  private static final int PORT = 6379;

  private SharedLimitsReader() {}

  /**
   * Reads it.
   *
   * @param store has the counters where it can and nothing else is said
   */
  static @Nullable SharedLimits read(Section limits, Secrets secrets, StoreAddress store) {
    boolean server = store instanceof StoreAddress.Server;
    String shared = limits.value("shared", server ? STORE : NONE, SharedLimitsReader::where);
    String user = limits.text("user", "");
    Secret password = limits.<@Nullable Secret>value("password", null, secrets::read);
    Path ca =
        limits.<@Nullable Path>value(
            "ca", null, new Authorities(secrets.folder(), secrets.environment())::read);
    Section away = limits.part("whenAway");
    boolean requests = away.value("requests", false, SharedLimitsReader::closed);
    boolean tokens = away.value("tokens", false, SharedLimitsReader::closed);
    boolean atOnce = away.value("atOnce", false, SharedLimitsReader::closed);
    away.done();
    limits.done();
    if (!user.isEmpty() && !limits.has("password")) {
      limits.refuse("'user' needs its 'password' beside it, such as \"${REDIS_PASSWORD}\"");
    }
    if (shared.equals(STORE) && limits.has("password")) {
      limits.refuse("'password' is one for Redis; the store has its own, 'storePassword'");
    }
    if (limits.has("ca") && !shared.startsWith("rediss:")) {
      limits.refuse("'ca' is for a Redis that speaks TLS; write 'shared' as rediss://...");
    }
    if (shared.equals(NONE)) {
      return null;
    }
    SharedLimits.Redis redis = shared.equals(STORE) ? null : redis(shared, user, password, ca);
    return new SharedLimits(redis, requests, tokens, atOnce);
  }

  private static SharedLimits.Redis redis(
      String shared, String user, @Nullable Secret password, @Nullable Path ca) {
    URI at = URI.create(shared);
    String host = at.getHost();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    String database = Objects.requireNonNullElse(at.getPath(), "").replace("/", "");
    return new SharedLimits.Redis(
        at.getScheme().equals("rediss"),
        bare,
        at.getPort() < 0 ? PORT : at.getPort(),
        database.isEmpty() ? 0 : Integer.parseInt(database),
        user,
        password,
        ca);
  }

  private static String where(String name, String text) {
    String its = text.strip();
    if (its.equals(STORE) || its.equals(NONE) || isRedis(its)) {
      return its;
    }
    throw new ConfigException(
        "'%s' is '%s'; write an address such as redis://redis-1:6379/0, and a secret as 'password', or store or none"
            .formatted(name, text.replaceAll("//.*@", "//...@")));
  }

  private static boolean isRedis(String text) {
    try {
      URI url = new URI(text);
      boolean redis = "redis".equals(url.getScheme()) || "rediss".equals(url.getScheme());
      boolean plain = url.getRawUserInfo() == null && url.getRawQuery() == null;
      boolean port = url.getPort() != 0 && url.getPort() <= 65_535;
      String path = Objects.requireNonNullElse(url.getPath(), "");
      return redis && plain && port && url.getHost() != null && path.matches("(/[0-9]{0,4})?");
    } catch (URISyntaxException e) {
      // The parser's own words may show a secret.
      return false;
    }
  }

  private static boolean closed(String name, String text) {
    return switch (text) {
      case "closed" -> true;
      case "open" -> false;
      default ->
          throw new ConfigException("'" + name + "' is '" + text + "'; write open or closed");
    };
  }
}
