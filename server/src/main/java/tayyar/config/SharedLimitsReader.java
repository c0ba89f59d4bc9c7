package tayyar.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads {@code limits:}. */
final class SharedLimitsReader {
  private static final int PORT = 6379;

  private SharedLimitsReader() {}

  static @Nullable SharedLimits read(Section limits, Secrets secrets) {
    URI at = limits.<@Nullable URI>value("shared", null, SharedLimitsReader::address);
    String user = limits.text("user", "");
    Secret password = limits.<@Nullable Secret>value("password", null, secrets::read);
    Section away = limits.part("whenAway");
    boolean requests = away.value("requests", false, SharedLimitsReader::closed);
    boolean tokens = away.value("tokens", false, SharedLimitsReader::closed);
    boolean atOnce = away.value("atOnce", false, SharedLimitsReader::closed);
    away.done();
    limits.done();
    if (!user.isEmpty() && !limits.has("password")) {
      limits.refuse("'user' needs its 'password' beside it, such as \"${REDIS_PASSWORD}\"");
    }
    if (at == null) {
      return null;
    }
    String host = at.getHost();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    String database = Objects.requireNonNullElse(at.getPath(), "").replace("/", "");
    return new SharedLimits(
        at.getScheme().equals("rediss"),
        bare,
        at.getPort() < 0 ? PORT : at.getPort(),
        database.isEmpty() ? 0 : Integer.parseInt(database),
        user,
        password,
        requests,
        tokens,
        atOnce);
  }

  private static URI address(String name, String text) {
    try {
      URI url = new URI(text.strip());
      boolean redis = "redis".equals(url.getScheme()) || "rediss".equals(url.getScheme());
      boolean plain = url.getRawUserInfo() == null && url.getRawQuery() == null;
      boolean port = url.getPort() != 0 && url.getPort() <= 65_535;
      String path = Objects.requireNonNullElse(url.getPath(), "");
      if (redis && plain && port && url.getHost() != null && path.matches("(/[0-9]{0,4})?")) {
        return url;
      }
    } catch (URISyntaxException e) {
      // Said below; the parser's own words may show a secret.
    }
    throw new ConfigException(
        "'%s' is '%s'; write an address such as redis://redis-1:6379/0, and a secret as 'password'"
            .formatted(name, text.replaceAll("//.*@", "//...@")));
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
