package tayyar.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Asks an endpoint for its models. */
public final class ModelList {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private ModelList() {}

  /**
   * The first model that an endpoint names.
   *
   * @param authorities a PEM file with the certificates that its own is trusted by; null for Java's
   *     own
   * @throws PlanException where it names none
   */
  public static String first(MeasuredEndpoint endpoint, @Nullable Path authorities)
      throws InterruptedException {
    if (endpoint.peer() instanceof Peer.Unix) {
      throw new PlanException("Name the model by --model; a Unix socket is not asked for it.");
    }
    String base = endpoint.url().replaceAll("://[^/]+.*$", "://" + endpoint.host());
    URI models = URI.create(base + endpoint.path() + "/models" + endpoint.query());
    HttpRequest.Builder request = HttpRequest.newBuilder(models).timeout(PATIENCE);
    if (!endpoint.key().isEmpty()) {
      request.header("Authorization", "Bearer " + endpoint.key());
    }
    for (String field : endpoint.headers()) {
      int colon = field.indexOf(':');
      header(request, field.substring(0, colon), field.substring(colon + 1).strip());
    }
    try (HttpClient client = client(authorities)) {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      String id =
          JsonMapper.shared().readTree(answer.body()).path("data").path(0).path("id").asString("");
      if (!id.isEmpty()) {
        return id;
      }
      throw new PlanException(
          endpoint + " names no model (status " + answer.statusCode() + "); name one by --model.");
    } catch (IOException e) {
      throw new PlanException("Nothing answers at " + endpoint.url() + ".");
    } catch (JacksonException e) {
      throw new PlanException(endpoint + " names no model; name one by --model.");
    }
  }

  private static HttpClient client(@Nullable Path authorities) {
    HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(PATIENCE);
    TrustManagerFactory trusted = Authorities.of(authorities);
    if (trusted != null) {
      try {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trusted.getTrustManagers(), null);
        client.sslContext(context);
      } catch (GeneralSecurityException e) {
        throw new PlanException("TLS can't be had here: " + e.getMessage() + ".");
      }
    }
    return client.build();
  }

  /** Adds a field; refuses fields that Java's client sets itself, such as Host. */
  private static void header(HttpRequest.Builder request, String name, String value) {
    try {
      request.header(name, value);
    } catch (IllegalArgumentException e) {
      throw new PlanException(
          "Name the model by --model; the endpoint can't be asked for it with the field '"
              + name
              + "'.");
    }
  }
}
