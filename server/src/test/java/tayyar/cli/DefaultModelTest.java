package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.testing.Given;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What serves where nothing is configured, out of a cache as it is fetched. */
@Tag("engine")
@Timeout(120)
final class DefaultModelTest {
  private static final String KNOWS = "smollm2-135m knows English only";

  @TempDir private Path home;

  @BeforeEach
  void cache() throws IOException {
    for (Given given : List.of(Given.NATIVES, Given.MODEL)) {
      Path fetched = given.path();
      String kind = given == Given.NATIVES ? "natives" : "models";
      Path folder = Files.createDirectories(home.resolve(".cache/tayyar").resolve(kind));
      Files.createSymbolicLink(folder.resolve(fetched.getFileName()), fetched);
    }
  }

  /** Nothing is fetched: so all that lies there is what it is pinned to be. */
  private void assertNothingWasFetched(Run run) throws IOException {
    assertThat(run.err()).doesNotContain("etch");
    try (var files = Files.list(home.resolve(".cache/tayyar/models"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".sums"))).hasSize(1);
    }
  }

  @Test
  void serveAndTheApiSayWhatItKnows() throws IOException {
    String any = "127.0.0.1:0";
    try (Run serve = Run.of(home, "serve", "--listen", any, "--admin", any)) {
      InetSocketAddress address = serve.address();
      assertThat(serve.find("( +" + KNOWS + ".*)")).contains("Arabic");
      assertThat(serve.find("( {14}.*)")).containsAnyOf("serve --model", "of the catalogue");
      try (RawHttp client = RawHttp.to(address)) {
        client.send(Requests.bare("GET", "/v1/models/smollm2-135m"));
        JsonNode model = client.response().json();
        assertThat(model.path("languages").toString()).isEqualTo("[\"en\"]");
        assertThat(model.path("context_length").isInt()).isTrue();
      }
      assertNothingWasFetched(serve);
    }
  }

  private static final String ARABIC = "اكتب جملة عن النيل";

  /** It would make up what it says; who asks for that gets it, in whole characters. */
  @Test
  void arabicIsRefusedUnlessTheOperatorSaysOtherwise() throws IOException {
    String any = "127.0.0.1:0";
    String key;
    try (Run serve = Run.of(home, "serve", "--listen", any, "--admin", any)) {
      InetSocketAddress address = serve.address();
      key = serve.find(" +key +(sk-[0-9a-f]+).*");
      Response refused = ask(address, key, ARABIC);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.error().path("code").asString()).isEqualTo("unsupported_by_model");
      assertThat(refused.error().path("message").asString()).contains("tayyar pull");
      assertThat(ask(address, key, "Write a poem about the Nile").status()).isEqualTo(200);
    }
    List<String> vouched = List.of("TAYYAR_LANGUAGES=any");
    try (Run serve = Run.with(vouched, home, "serve", "--listen", any, "--admin", any)) {
      Response answer = ask(serve.address(), key, ARABIC);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.events().content()).isNotEmpty().doesNotContain("\ufffd");
    }
  }

  private static Response ask(InetSocketAddress address, String key, String text)
      throws IOException {
    try (RawHttp client = RawHttp.to(address)) {
      ObjectNode body = Requests.chat("smollm2-135m", text, true).put("max_tokens", 8);
      return client.send(Requests.post(key, body.toString())).response();
    }
  }

  /** They name code to load, and are for libraries of the operator's own. */
  @Test
  void theEnvironmentAddsNothingToThePinnedLibraries() throws IOException {
    List<String> variables = List.of("GGML_BACKEND_PATH=" + home, "LD_LIBRARY_PATH=" + home);
    var own = new ArrayList<>(variables);
    own.add("TAYYAR_NATIVES=" + Given.NATIVES.path());

    assertThat(workersEnvironment(variables)).doesNotContainAnyElementsOf(variables);
    assertThat(workersEnvironment(own)).containsAll(variables);
  }

  private List<String> workersEnvironment(List<String> variables) throws IOException {
    String any = "127.0.0.1:0";
    try (Run serve = Run.with(variables, home, "serve", "--listen", any, "--admin", any)) {
      assertThat(serve.address().getPort()).isPositive();
      List<ProcessHandle> workers =
          ProcessHandle.of(serve.pid()).orElseThrow().descendants().toList();
      assertThat(workers).hasSize(1);
      Path environment = Path.of("/proc", String.valueOf(workers.getFirst().pid()), "environ");
      List<String> inherited = List.of(Files.readString(environment).split("\0"));
      assertThat(inherited).contains("HOME=" + home);
      return inherited;
    }
  }

  @Test
  void chatSaysWhatItKnowsBesideTheAnswer() throws IOException {
    try (Run chat = Run.of(home, "chat", "--max-tokens", "1", "Hello")) {
      assertThat(chat.rest()).doesNotContain(KNOWS);
      assertThat(chat.err()).startsWith(KNOWS);
      assertNothingWasFetched(chat);
    }
  }
}
