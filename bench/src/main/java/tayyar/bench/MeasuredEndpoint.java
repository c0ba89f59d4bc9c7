package tayyar.bench;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * An endpoint to measure.
 *
 * @param name its name in reports
 * @param url as it was given, but without a query, which may hold a key
 * @param peer the address it listens on
 * @param host for the Host field
 * @param path the path before {@link #call}
 * @param call what is called there: {@code /chat/completions}, or {@code /messages} of Anthropic's
 *     Messages
 * @param query the query of every request, with its question mark, or empty; never printed
 * @param key the bearer key, or empty; never printed
 * @param headers more fields, each as {@code Name: value}; never printed
 */
public record MeasuredEndpoint(
    String name,
    String url,
    Peer peer,
    String host,
    String path,
    String call,
    String query,
    String key,
    List<String> headers) {
  private static final String CHATS = "/chat/completions";
  private static final String MESSAGES = "/messages";
  private static final String FIELD = "[!#$%&'*+.^_`|~0-9A-Za-z-]+: ?[ -~]*";

  /** Refuses a key that does not fit into a header, without showing it. */
  public MeasuredEndpoint {
    key = key.strip();
    if (!key.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new PlanException("The key has a character that no key has; is it two lines?");
    }
    headers = List.copyOf(headers);
    if (!headers.stream().allMatch(field -> field.matches(FIELD))) {
      throw new PlanException("A --header is no field; write it as 'Name: value'.");
    }
  }

  /** The names of its fields, in lower case; their values may be secrets. */
  Stream<String> headerNames() {
    return headers.stream()
        .map(field -> field.substring(0, field.indexOf(':')).toLowerCase(Locale.ROOT));
  }

  /**
   * Reads {@code [NAME=]http://host:port/v1}, https, or {@code unix:/socket}, which is asked at
   * /v1. Behind {@code /v1/messages} stand Anthropic's Messages.
   *
   * @throws PlanException with a sentence that names a right form
   */
  public static MeasuredEndpoint of(String text, String key) {
    int equals = text.indexOf('=');
    int scheme = text.indexOf(':');
    boolean named = equals > 0 && equals < scheme;
    String url = named ? text.substring(equals + 1) : text;
    if (url.startsWith("unix:")) {
      String socket = url.substring("unix:".length());
      String name = named ? text.substring(0, equals) : socket;
      var peer = new Peer.Unix(socket);
      return new MeasuredEndpoint(name, url, peer, "localhost", "/v1", CHATS, "", key, List.of());
    }
    try {
      URI uri = new URI(url);
      String name = named ? text.substring(0, equals) : String.valueOf(uri.getAuthority());
      return of(name, url, uri, key);
    } catch (URISyntaxException e) {
      throw unreadable(url);
    }
  }

  private static MeasuredEndpoint of(String name, String url, URI uri, String key) {
    boolean tls = "https".equals(uri.getScheme());
    String host = uri.getHost();
    if (host == null || (!tls && !"http".equals(uri.getScheme())) || uri.getUserInfo() != null) {
      throw unreadable(url);
    }
    int port = uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80;
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
    String call = path.endsWith(MESSAGES) ? MESSAGES : CHATS;
    path = path.endsWith(call) ? path.substring(0, path.length() - call.length()) : path;
    return new MeasuredEndpoint(
        name,
        url.replaceAll("\\?.*", ""),
        new Peer.Tcp(bare, port, tls),
        uri.getPort() > 0 ? host + ":" + port : host,
        path.isEmpty() ? "/v1" : path,
        call,
        uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery(),
        key,
        List.of());
  }

  /** This endpoint with more fields. */
  public MeasuredEndpoint with(List<String> more) {
    return new MeasuredEndpoint(name, url, peer, host, path, call, query, key, more);
  }

  private static PlanException unreadable(String url) {
    return new PlanException(
        "'" + url + "' is no endpoint; write one such as http://127.0.0.1:8080/v1.");
  }

  /** Leaves out the key and the fields. */
  @Override
  public String toString() {
    return name + " (" + url + ")";
  }
}
