package tayyar.fetch;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Finds a repository's model file on a hub. */
final class HubFiles {
  /** The usual trade of size for quality, best first. */
  private static final List<String> PREFERRED = List.of("q4_k_m", "q4_0", "q5_k_m", "q8_0");

  private HubFiles() {}

  /**
   * The GGUF file that suits most people.
   *
   * @throws FetchException if the hub can't be asked or has none
   */
  static String best(String hub, String repository) {
    List<String> files = list(hub, repository);
    for (String wanted : PREFERRED) {
      for (String file : files) {
        if (file.toLowerCase(Locale.ROOT).contains(wanted)) {
          return file;
        }
      }
    }
    return files.getFirst();
  }

  private static List<String> list(String hub, String repository) {
    URI address =
        Address.of(hub + "/api/models/" + repository)
            .orElseThrow(() -> new FetchException("HF_ENDPOINT '" + hub + "' is no address."));
    var request = HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(30)).build();
    try (HttpClient client =
        HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build()) {
      HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
      if (response.statusCode() != 200) {
        throw new FetchException(
            "The hub "
                + hub
                + " does not know '"
                + repository
                + "' ("
                + response.statusCode()
                + ").");
      }
      var files = new ArrayList<String>();
      for (JsonNode file : JsonMapper.shared().readTree(response.body()).path("siblings")) {
        String name = file.path("rfilename").asString("");
        if (name.endsWith(".gguf") && !name.matches(".*-\\d{5}-of-\\d{5}\\.gguf")) {
          files.add(name);
        }
      }
      if (files.isEmpty()) {
        throw new FetchException("'" + repository + "' has no GGUF file.");
      }
      return files;
    } catch (ConnectException | HttpTimeoutException e) {
      throw new FetchException("The hub " + hub + " can't be reached. Is the network there?", e);
    } catch (IOException | JacksonException e) {
      throw new FetchException("The hub " + hub + " gave an answer that can't be read.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FetchException("Interrupted.", e);
    }
  }
}
