package tayyar.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** A conversation over the API, as any client would have it. One thread; close is for all. */
final class Talk implements AutoCloseable {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final String DATA = "data: ";

  private final Console console;
  private final URI url;
  private final String secret;
  private final String model;
  private final int maxTokens;
  private final List<Map<String, String>> messages = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final StringBuilder answer = new StringBuilder();
  private long firstTokenNanos;
  private long tokens;
  private volatile boolean closed;

  Talk(Console console, String base, String secret, String model, int maxTokens) {
    this.console = console;
    this.url = URI.create(base + "/v1/chat/completions");
    this.secret = secret;
    this.model = model;
    this.maxTokens = maxTokens;
  }

  void system(String text) {
    messages.add(Map.of("role", "system", "content", text));
  }

  /** Says something and prints the answer as it comes; returns whether there was a whole one. */
  boolean say(String text) throws InterruptedException {
    messages.add(Map.of("role", "user", "content", text));
    answer.setLength(0);
    firstTokenNanos = 0;
    tokens = 0;
    long asked = System.nanoTime();
    if (!answered()) {
      messages.removeLast();
      return false;
    }
    messages.add(Map.of("role", "assistant", "content", answer.toString()));
    figures(asked, System.nanoTime());
    return true;
  }

  private boolean answered() throws InterruptedException {
    try {
      return ask();
    } catch (IOException | UncheckedIOException e) {
      if (closed) {
        return false;
      }
      throw new CommandException("The answer broke off: " + e.getMessage());
    }
  }

  private boolean ask() throws IOException, InterruptedException {
    HttpResponse<Stream<String>> response =
        http.send(request(), HttpResponse.BodyHandlers.ofLines());
    try (Stream<String> lines = response.body()) {
      return response.statusCode() == 200
          ? streamed(lines.iterator())
          : refused(String.join("\n", lines.toList()));
    }
  }

  /** Whether the conversation was ended from elsewhere. */
  boolean closed() {
    return closed;
  }

  /** Ends the answer that is under way. */
  @Override
  public void close() {
    closed = true;
    http.shutdownNow();
  }

  private HttpRequest request() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("model", model);
    body.put("stream", true);
    body.put("stream_options", Map.of("include_usage", true));
    body.put("messages", messages);
    if (maxTokens > 0) {
      body.put("max_tokens", maxTokens);
    }
    return HttpRequest.newBuilder(url)
        .header("Authorization", "Bearer " + secret)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
        .build();
  }

  private boolean streamed(Iterator<String> lines) {
    while (lines.hasNext()) {
      String line = lines.next();
      if (line.startsWith(DATA) && !line.equals(DATA + "[DONE]")) {
        JsonNode chunk = JSON.readTree(line.substring(DATA.length()));
        if (chunk.has("error")) {
          console.out().println();
          return refused(line.substring(DATA.length()));
        }
        chunk(chunk);
      }
    }
    console.out().println();
    return true;
  }

  private void chunk(JsonNode chunk) {
    String text = chunk.path("choices").path(0).path("delta").path("content").asString("");
    if (!text.isEmpty()) {
      if (firstTokenNanos == 0) {
        firstTokenNanos = System.nanoTime();
      }
      answer.append(text);
      console.out().print(Console.shown(text));
      console.out().flush();
    }
    tokens = chunk.path("usage").path("completion_tokens").asLong(tokens);
  }

  private boolean refused(String body) {
    String why = JSON.readTree(body).path("error").path("message").asString(body);
    console.err().println(Console.shown(why));
    return false;
  }

  private void figures(long asked, long ended) {
    double waited = (firstTokenNanos == 0 ? 0 : firstTokenNanos - asked) / 1e6;
    double seconds = (ended - firstTokenNanos) / 1e9;
    String speed =
        firstTokenNanos == 0 || tokens < 2
            ? ""
            : String.format(Locale.ROOT, ", %.1f tokens/s", (tokens - 1) / seconds);
    console
        .err()
        .println(
            console.dim(
                String.format(
                    Locale.ROOT, "%d tokens, first after %.0f ms%s", tokens, waited, speed)));
  }
}
