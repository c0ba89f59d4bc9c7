package tayyar.fetch;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/** Addresses of the web, where something can be downloaded. */
final class Address {
  private Address() {}

  /** An http or https address with a host; empty where the text is none. */
  static Optional<URI> of(String text) {
    try {
      var uri = new URI(text);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      boolean web = scheme.equals("http") || scheme.equals("https");
      return web && uri.getHost() != null && uri.getPath() != null
          ? Optional.of(uri)
          : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** A path as it stands in an address: what may not stand there as it is, is escaped. */
  static String escaped(String path) {
    try {
      return new URI(null, null, "/" + path, null).toASCIIString().substring(1);
    } catch (URISyntaxException e) {
      throw new FetchException("'" + path + "' can't stand in an address.", e);
    }
  }
}
