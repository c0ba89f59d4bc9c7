package tayyar.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.api.OffLimits;
import tayyar.api.Target;

/**
 * A server that answers for a model.
 *
 * @param url its base address, such as {@code http://gpu-1:8000/v1}
 * @param model the model's name over there
 * @param key its key, or null where it needs none
 * @param weight its share of the requests beside the others, 1 to 1,000
 * @param capacity requests it takes at once, 1 to 100,000; 0 is any number
 * @param probe path of its health check, such as /health; empty where there is none
 * @param access how it is reached
 */
public record TargetAt(
    URI url,
    String model,
    @Nullable Secret key,
    int weight,
    int capacity,
    String probe,
    Target.Access access) {
  static final int WEIGHT_MAX = 1_000;
  static final int CAPACITY_MAX = 100_000;

  private static final Set<String> OUR_FIELDS =
      Set.of(
          "host",
          "content-type",
          "content-length",
          "transfer-encoding",
          "connection",
          "accept",
          "user-agent",
          "x-request-id");

  /** A server that is reached as usual. */
  public TargetAt(
      URI url, String model, @Nullable Secret key, int weight, int capacity, String probe) {
    this(url, model, key, weight, capacity, probe, Target.Access.USUAL);
  }

  /** Refuses an address that can't be reached, or must not be. */
  public TargetAt {
    Text.range("weight", weight, 1, WEIGHT_MAX);
    Text.range("capacity", capacity, 0, CAPACITY_MAX);
    if (!probe.isEmpty() && !probe.matches("/[!-~]*")) {
      throw new ConfigException("'probe' is '" + probe + "'; write a path such as /health");
    }
    if (model.isBlank()) {
      throw new ConfigException("'model' is empty; write the model's name at " + url);
    }
    if (OffLimits.host(String.valueOf(url.getHost()))) {
      throw new ConfigException(
          "the url '" + url + "' is link-local or a cloud's metadata service; no model is there");
    }
    check(access);
  }

  private static void check(Target.Access access) {
    if (access.salted() && access.dialect() != Target.Dialect.OPENAI) {
      throw new ConfigException(
          "'prefixCache' is 'key' at a target of another dialect than openai; it keeps the caches of its own keys apart");
    }
    String header = access.keyHeader();
    if (!header.matches("[A-Za-z0-9-]{0,64}")
        || OUR_FIELDS.contains(header.toLowerCase(Locale.ROOT))) {
      throw new ConfigException("'header' is '" + header + "'; write a field such as api-key");
    }
    if (!access.query().matches("[!-~&&[^?#]]{0,1000}")) {
      throw new ConfigException(
          "'query' is '" + access.query() + "'; write one such as api-version=2024-10-21");
    }
    if (access.proxy() != null && OffLimits.host(access.proxy().host())) {
      throw new ConfigException("'proxy' is link-local or a cloud's metadata service");
    }
  }

  /** Whether server, model and key are the same; the share may differ. */
  boolean sameAs(TargetAt other) {
    return url.equals(other.url) && model.equals(other.model) && Objects.equals(key, other.key);
  }

  /** The port it listens on: that of its scheme where the address has none. */
  public int port() {
    return url.getPort() > 0 ? url.getPort() : isTls() ? 443 : 80;
  }

  /** Whether it speaks TLS. */
  public boolean isTls() {
    return url.getScheme().equalsIgnoreCase("https");
  }

  /** Reads a base address. */
  public static URI url(String text) {
    try {
      URI url = new URI(text.strip());
      String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
      boolean web = scheme.equals("http") || scheme.equals("https");
      if (web && url.getHost() != null && url.getPort() <= 65_535 && url.getPort() != 0) {
        return plain(url);
      }
    } catch (URISyntaxException e) {
      // Said below; the parser's own words would not help.
    }
    throw new ConfigException(
        "the url '" + withoutUser(text) + "' is none; write one such as http://gpu-1:8000/v1");
  }

  private static URI plain(URI url) {
    if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
      throw new ConfigException(
          "the url of '"
              + url.getHost()
              + "' has a user, a query or a fragment; give its address and path alone, and a"
              + " secret as 'key'");
    }
    return url;
  }

  private static String withoutUser(String text) {
    return text.replaceAll("//[^/@]*@", "//...@");
  }
}
