package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;

/**
 * The documents that the server gives of itself. That answers are as {@code openapi.json} has them
 * is checked wherever {@link tayyar.testing.RawHttp} reads one.
 */
@Tag("socket")
final class DocsTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static final Pattern SAMPLE =
      Pattern.compile("data-sample=\"([^\"]+)\"><code>([^<]*)</code>");
  private static final Pattern ANCHOR = Pattern.compile(" id=\"([^\"]+)\"");
  private static final Pattern ADDRESS = Pattern.compile("https?://[^\\s\"'<>)&]+");

  private static Response get(String path, String... fields) throws IOException {
    return GATEWAY.send(head(path, "Host: api.example:8080", fields));
  }

  private static String head(String path, String host, String... fields) {
    String more = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
    return "GET " + path + " HTTP/1.1\r\n" + host + "\r\n" + more + "\r\n";
  }

  private static JsonNode document() throws IOException {
    Response response = get("/openapi.json");
    assertThat(response.field("Content-Type")).isEqualTo("application/json");
    return response.json();
  }

  @Test
  void describedMethodsAreThoseThatAreServed() throws IOException {
    for (Map.Entry<String, JsonNode> each : document().path("paths").properties()) {
      String path = each.getKey().replace("{language}", "en").replaceAll("\\{.*}", "x");
      Set<String> described = new TreeSet<>(Set.of("OPTIONS"));
      for (String method : each.getValue().propertyNames()) {
        described.add(method.toUpperCase(Locale.ROOT));
      }
      if (described.contains("GET")) {
        described.add("HEAD");
      }
      String allow = GATEWAY.send(Requests.bare("OPTIONS", path)).field("Allow");
      assertThat(Set.of(allow.split(", ", -1))).as(path).isEqualTo(described);
    }
  }

  /** A described path has no stars: {@code {id*}} takes slashes as well. */
  @Test
  void allThatIsServedIsDescribedAndNothingElse() throws IOException {
    Set<String> described = new TreeSet<>();
    for (Map.Entry<String, JsonNode> each : document().path("paths").properties()) {
      for (String method : each.getValue().propertyNames()) {
        described.add(method.toUpperCase(Locale.ROOT) + " " + each.getKey());
      }
    }
    assertThat(GATEWAY.operations().stream().map(each -> each.replace("*}", "}")).distinct())
        .containsExactlyInAnyOrderElementsOf(described);
  }

  @Test
  void allThatIsSaidIsSaidInArabicToo() throws IOException {
    List<String> english = new ArrayList<>();
    said(document(), english);
    assertThat(english).hasSizeGreaterThan(250);
  }

  private static void said(JsonNode node, List<String> english) {
    for (String what : List.of("description", "summary")) {
      if (node.path(what).isString()) {
        String text = node.path(what).asString();
        english.add(text);
        assertThat(node.path("x-" + what + "-ar").asString(""))
            .as(text)
            .containsPattern("\\p{IsArabic}");
      }
    }
    node.forEach(each -> said(each, english));
  }

  /** Beside 405, which stands for all paths. */
  @Test
  void everyCodeOfOurErrorsStandsAtItsStatus() throws IOException {
    JsonNode responses = document().at("/components/responses");
    List<String> rows =
        Files.readAllLines(Path.of("..", "docs", "errors.md")).stream()
            .filter(line -> line.matches("\\| [0-9]{3} \\|.*"))
            .filter(line -> !line.contains("| admin address: ") && !line.startsWith("| 499 "))
            .toList();
    Set<String> told = new TreeSet<>();
    for (String row : rows) {
      String[] cells = row.split(" \\| ", -1);
      String status = cells[0].substring(2);
      String code = cells[2].replace("`", "");
      told.add(status + " " + code);
      assertThat(responses.path("E" + status).path("description").asString(""))
          .as(row)
          .containsPattern("[ ,]" + code + "[.,]");
    }
    assertThat(told).hasSizeGreaterThan(40);
  }

  /** A generator of clients finds all that the document refers to. */
  @Test
  void allReferencesLead() throws IOException {
    JsonNode document = document();
    assertThat(document.path("openapi").asString()).isEqualTo("3.1.0");
    List<String> references = new ArrayList<>();
    for (JsonNode reference : document.findValues("$ref")) {
      references.add(reference.asString());
      assertThat(document.at(reference.asString().substring(1)).isMissingNode())
          .as(reference.asString())
          .isFalse();
    }
    for (String kind : List.of("schemas", "headers", "responses")) {
      for (String name : document.at("/components/" + kind).propertyNames()) {
        String reference = "#/components/" + kind + "/" + name;
        boolean ofAll = name.equals("E405") || name.equals("E501") || name.equals("Allow");
        assertThat(ofAll || references.contains(reference)).as("used: " + reference).isTrue();
      }
    }
    List<String> ids = document.findValues("operationId").stream().map(JsonNode::asString).toList();
    assertThat(ids).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "- | en",
        "ar | ar",
        "ar-EG,ar;q=0.9,en;q=0.8 | ar",
        "en-GB,en;q=0.9,ar;q=0.8 | en",
        "fr-FR, ar;q=0.5 | ar",
        "fr | en",
        "*;q=nonsense | en",
        "en;q=0.1, ar;q=0.2 | ar"
      })
  void theGuideIsInTheLanguageThatIsPreferred(String accepted, String language) throws IOException {
    Response response =
        accepted == null
            ? get("/docs/streaming")
            : get("/docs/streaming", "Accept-Language: " + accepted);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.field("Content-Language")).isEqualTo(language);
    assertThat(response.field("Vary")).isEqualTo("Accept-Language");
    assertThat(response.text()).contains("<html lang=\"" + language + "\"");
    assertThat(response.text()).isEqualTo(get("/docs/streaming/" + language).text());
  }

  @Test
  void bothLanguagesHaveTheSameParts() throws IOException {
    String english = get("/docs/streaming/en").text();
    String arabic = get("/docs/streaming/ar").text();
    assertThat(all(ANCHOR, arabic)).isEqualTo(all(ANCHOR, english));
    assertThat(all(SAMPLE, arabic)).isEqualTo(all(SAMPLE, english)).hasSizeGreaterThan(10);
    for (String tag : List.of("<p>", "<h3>", "<tr>", "<pre ", "<li>", "<a ")) {
      assertThat(arabic.split(tag, -1)).as(tag).hasSameSizeAs(english.split(tag, -1));
    }
    assertThat(arabic).contains("dir=\"rtl\"");
  }

  private static List<String> all(Pattern pattern, String page) {
    return pattern.matcher(page).results().map(MatchResult::group).toList();
  }

  @Test
  void pagesAskNobodyElse() throws IOException {
    for (String path : List.of("/docs", "/docs/streaming/en", "/docs/streaming/ar")) {
      Response response = get(path);
      assertThat(response.field("Content-Security-Policy")).startsWith("default-src 'self'");
      assertThat(all(ADDRESS, response.text()))
          .as(path)
          .allMatch(address -> address.startsWith("http://api.example:8080"));
    }
    for (String file : List.of("docs.js", "guide.js", "theme.js", "docs.css")) {
      assertThat(all(ADDRESS, get("/web/" + file).text())).as(file).isEmpty();
    }
  }

  private static String shown(String host, String... fields) throws IOException {
    String page = GATEWAY.send(head("/docs/streaming/en", host, fields)).text();
    return origin(page);
  }

  private static String origin(String page) {
    return page.replaceAll("(?s).*the server at <code dir=\"ltr\">([^<]*)</code>.*", "$1");
  }

  @ParameterizedTest
  @CsvSource({
    "api.example, http://api.example",
    "127.0.0.1:8080, http://127.0.0.1:8080",
    "[::1]:8080, http://[::1]:8080",
    "tayyar_gateway:80, http://tayyar_gateway:80",
    "$(reboot), http://localhost:8080",
    "a'b, http://localhost:8080",
    "a;b, http://localhost:8080"
  })
  void theAddressIsTheHostThatWasAsked(String host, String origin) throws IOException {
    assertThat(shown("Host: " + host)).isEqualTo(origin);
  }

  @Test
  void onlyTrustedProxiesTellAnotherAddress() throws IOException {
    String[] fields = {"X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example"};
    assertThat(shown("Host: api.example", fields)).isEqualTo("http://api.example");
    try (TestFleet fleet = TestFleet.behind("127.0.0.0/8")) {
      assertThat(behind(fleet)).isEqualTo("http://inside:8080");
      assertThat(behind(fleet, "X-Forwarded-Proto: https")).isEqualTo("https://inside:8080");
      assertThat(behind(fleet, "X-Forwarded-Proto: ftp")).isEqualTo("http://inside:8080");
      assertThat(behind(fleet, "X-Forwarded-Host: evil, api.example"))
          .isEqualTo("http://api.example");
      assertThat(behind(fleet, "Forwarded: for=192.0.2.1;proto=https;host=\"api.example:444\""))
          .isEqualTo("https://api.example:444");
    }
  }

  private static String behind(TestFleet fleet, String... fields) throws IOException {
    return origin(fleet.send(head("/docs/streaming/en", "Host: inside:8080", fields)).text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/openapi.json", "/docs", "/docs/streaming", "/docs/streaming/ar"})
  void unchangedPagesAreNotSentAgain(String path) throws IOException {
    String tag = get(path).field("ETag");
    assertThat(get(path, "If-None-Match: " + tag).status()).isEqualTo(304);
    assertThat(GATEWAY.send(head(path, "Host: other", "If-None-Match: " + tag)).status())
        .isEqualTo(path.startsWith("/docs/streaming") ? 200 : 304);
  }

  @Test
  void aWrongMethodIsRefusedInTheFormOfItsPath() throws IOException {
    Response messages = GATEWAY.send(Requests.bare("PUT", "/v1/messages"));
    assertThat(messages.status()).isEqualTo(405);
    assertThat(messages.json().path("type").asString()).isEqualTo("error");
    assertThat(messages.field("Allow")).isEqualTo("POST, OPTIONS");
    Response chats = GATEWAY.send(Requests.bare("PUT", "/v1/chat/completions"));
    assertThat(chats.status()).isEqualTo(405);
    assertThat(chats.error().path("code").asString()).isEqualTo("method_not_allowed");
  }

  @Test
  void thereIsNoOtherLanguage() throws IOException {
    assertThat(get("/docs/streaming/fr").status()).isEqualTo(404);
  }
}
