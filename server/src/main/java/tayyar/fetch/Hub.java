package tayyar.fetch;

import java.net.URI;
import java.util.Locale;
import java.util.Map;

/**
 * A model hub.
 *
 * @param base its address, without a slash at its end
 * @param token what it knows its user by; empty where nobody is logged in
 */
record Hub(String base, String token) {
  /** The variable with the token. */
  static final String TOKEN = "HF_TOKEN";

  private static final String USUAL = "https://huggingface.co";

  /** Of none: no token goes anywhere. */
  static final Hub NONE = new Hub("", "");

  /**
   * The usual one, or that of {@code HF_ENDPOINT}, with {@code HF_TOKEN}.
   *
   * @throws FetchException if the token can't be one; it does not say the token
   */
  static Hub of(Map<String, String> environment) {
    String base = environment.getOrDefault("HF_ENDPOINT", "").strip().replaceAll("/+$", "");
    String token = environment.getOrDefault(TOKEN, "").strip();
    if (!token.matches("[!-~]*")) {
      throw new FetchException(TOKEN + " holds characters that no token has.");
    }
    return new Hub(base.isEmpty() ? USUAL : base, token);
  }

  /** The address of a file. */
  URI file(String repository, String revision, String file) {
    return address("/" + repository + "/resolve/" + revision + "/" + Address.escaped(file));
  }

  /** The list of all files of a repository. */
  URI tree(String repository, String revision) {
    return address("/api/models/" + repository + "/tree/" + revision + "?recursive=true");
  }

  private URI address(String path) {
    return Address.of(base + path)
        .orElseThrow(() -> new FetchException("HF_ENDPOINT '" + base + "' is no address."));
  }

  /** Whether an address is this hub's own: scheme, host and port; only there its token goes. */
  boolean owns(URI address) {
    return Address.of(base).map(own -> origin(own).equals(origin(address))).orElse(false);
  }

  private static String origin(URI address) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    int usual = scheme.equals("https") ? 443 : 80;
    int port = address.getPort() < 0 ? usual : address.getPort();
    return scheme + "://" + String.valueOf(address.getHost()).toLowerCase(Locale.ROOT) + ":" + port;
  }

  /** Leaves the token out. */
  @Override
  public String toString() {
    return base;
  }
}
