package tayyar.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * Asks servers of the web. It follows redirects by itself: so who sees the hub's token is decided
 * here alone, by scheme, host and port, whatever Java's client would do.
 */
final class Web {
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final int HOPS_MAX = 8;

  /** Asking again would not help. */
  static final class Astray extends IOException {
    private static final long serialVersionUID = 1L;

    Astray(String message) {
      super(message);
    }
  }

  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  private final Hub hub;

  Web(Hub hub) {
    this.hub = hub;
  }

  /**
   * A file, wherever it lies.
   *
   * @param silence how long a server may say nothing before its answer begins
   */
  HttpResponse<InputStream> get(URI from, Map<String, String> fields, Duration silence)
      throws IOException {
    URI at = from;
    for (int hops = 0; ; hops++) {
      HttpResponse<InputStream> response = send("GET", at, fields, silence);
      if (!REDIRECTS.contains(response.statusCode())) {
        return response;
      }
      response.body().close();
      at = next(at, response, hops);
    }
  }

  /**
   * What the hub says of a file, without the file; a redirect to another host is its answer.
   *
   * @param silence as above
   */
  HttpResponse<InputStream> head(URI from, Duration silence) throws IOException {
    URI at = from;
    for (int hops = 0; ; hops++) {
      HttpResponse<InputStream> response = send("HEAD", at, Map.of(), silence);
      response.body().close();
      if (!REDIRECTS.contains(response.statusCode())) {
        return response;
      }
      URI next = next(at, response, hops);
      if (!hub.owns(next)) {
        return response;
      }
      at = next;
    }
  }

  private static URI next(URI at, HttpResponse<?> response, int hops) throws IOException {
    String to = response.headers().firstValue("Location").orElse("");
    URI next;
    try {
      next = at.resolve(to);
    } catch (IllegalArgumentException e) {
      throw new Astray("the server names an address that is none");
    }
    boolean lessSafe = "https".equals(at.getScheme()) && !"https".equals(next.getScheme());
    if (to.isEmpty() || lessSafe || hops == HOPS_MAX || Address.of(next.toString()).isEmpty()) {
      throw new Astray("the server sends on to where nothing can be fetched");
    }
    return next;
  }

  private HttpResponse<InputStream> send(
      String method, URI at, Map<String, String> fields, Duration silence) throws IOException {
    var request =
        HttpRequest.newBuilder(at)
            .method(method, BodyPublishers.noBody())
            .timeout(silence)
            .header("Accept-Encoding", "identity");
    fields.forEach(request::header);
    if (!hub.token().isEmpty() && hub.owns(at)) {
      request.header("Authorization", "Bearer " + hub.token());
    }
    try {
      return client.send(request.build(), BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Astray("interrupted");
    }
  }

  /** Why nothing came, in the middle of a sentence, without a full stop. */
  static String reason(IOException e, URI from) {
    if (e instanceof ConnectException || e instanceof HttpConnectTimeoutException) {
      return from.getHost() + " can't be reached. Is the network there?";
    }
    if (e instanceof HttpTimeoutException) {
      return "the server says nothing.";
    }
    return (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()) + ".";
  }
}
