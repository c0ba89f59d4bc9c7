package tayyar.seen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of metrics, read as Prometheus reads it. */
record Scrape(String text, Map<String, Set<String>> labels) {
  private static final Pattern SERIES = Pattern.compile("(?m)^(\\w+)(?:\\{(.*?)\\})? \\S+");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

  static Scrape of(InetSocketAddress admin, String accept)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI page = URI.create("http://127.0.0.1:" + admin.getPort() + "/metrics");
      HttpRequest request = HttpRequest.newBuilder(page).header("Accept", accept).build();
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(200);
      return new Scrape(response.body(), labels(response.body()));
    }
  }

  /** The same page with series that only a gateway with an embedded model has. */
  Scrape and(String more) {
    var all = new TreeMap<>(labels(more));
    all.putAll(labels);
    return new Scrape(text, all);
  }

  /** Every series' name with all labels that any of its lines has. */
  private static Map<String, Set<String>> labels(String text) {
    Map<String, Set<String>> all = new TreeMap<>();
    Matcher line = SERIES.matcher(text);
    while (line.find()) {
      Set<String> its = all.computeIfAbsent(line.group(1), name -> new TreeSet<>());
      Matcher label = LABEL.matcher(line.group(2) == null ? "" : line.group(2));
      while (label.find()) {
        its.add(label.group(1));
      }
    }
    return all;
  }
}
