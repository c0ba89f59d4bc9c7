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
import tools.jackson.databind.JsonNode;

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
      try (RawHttp client = RawHttp.to(address)) {
        client.send(Requests.bare("GET", "/v1/models/smollm2-135m"));
        JsonNode model = client.response().json();
        assertThat(model.path("languages").toString()).isEqualTo("[\"en\"]");
        assertThat(model.path("context_length").isInt()).isTrue();
      }
      assertNothingWasFetched(serve);
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
