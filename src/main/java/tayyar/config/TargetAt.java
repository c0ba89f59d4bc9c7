package tayyar.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A server that answers for a model.
 *
 * @param url its base address, such as {@code http://gpu-1:8000/v1}
 * @param model the model's name over there
 * @param key its bearer key, or null where it needs none
 * @param weight how many requests it gets beside the others, 1 to 1,000
 * @param capacity requests it takes at once, 1 to 100,000; 0 is any number
 * @param probe path that is asked now and then whether the server is well, such as /health; empty
 *     is none
 */
public record TargetAt(
    URI url, String model, @Nullable Secret key, int weight, int capacity, String probe) {
  /** Where clouds hand out their machines' credentials; no inference server is ever there. */
  private static final Set<String> METADATA =
      Set.of(
          "169.254.169.254",
          "169.254.170.2",
          "169.254.170.23",
          "100.100.100.200",
          "168.63.129.16",
          "192.0.0.192",
          "fd00:ec2::254",
          "fd00:ec2::23",
          "fd20:ce::254",
          "metadata",
          "metadata.google.internal",
          "metadata.goog",
          "instance-data");

  /** Refuses what can't be, or must not be, reached. */
  public TargetAt {
    Text.range("weight", weight, 1, 1_000);
    Text.range("capacity", capacity, 0, 100_000);
    if (!probe.isEmpty() && !probe.matches("/[!-~]*")) {
      throw new ConfigException("'probe' is '" + probe + "'; write a path such as /health");
    }
    if (model.isBlank()) {
      throw new ConfigException("'model' is empty; write the model's name at " + url);
    }
    if (METADATA.contains(host(url))) {
      throw new ConfigException(
          "the url '" + url + "' is a cloud's metadata service; no model answers there");
    }
  }

  /** Whether it is the same server, model and key, whatever its share. */
  boolean sameAs(TargetAt other) {
    return url.equals(other.url) && model.equals(other.model) && Objects.equals(key, other.key);
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

  private static String host(URI url) {
    String host = String.valueOf(url.getHost()).toLowerCase(Locale.ROOT);
    host = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    host = host.startsWith("::ffff:") ? host.substring("::ffff:".length()) : host;
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }
}
