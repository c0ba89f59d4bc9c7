package tayyar.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathPatternTest {
  @Test
  void aParameterIsOneSegmentThatIsNotEmpty() {
    PathPattern keys = PathPattern.of("/admin/keys/{id}/limit");
    assertThat(keys.match("/admin/keys/k1/limit")).isEqualTo(Map.of("id", "k1"));
    for (String other :
        List.of(
            "/admin/keys//limit",
            "/admin/keys/a/b/limit",
            "/admin/keys/a",
            "/admin/keys/a/limit/",
            "/admin/keys/a/limits",
            "admin/keys/a/limit",
            "/x/admin/keys/a/limit",
            "")) {
      assertThat(keys.match(other)).as(other).isNull();
    }
  }

  @Test
  void severalHaveNamesOfTheirOwn() {
    assertThat(PathPattern.of("/{a}/{b}").match("/1/2")).isEqualTo(Map.of("a", "1", "b", "2"));
    assertThat(PathPattern.of("/{a}/{b}").match("/1")).isNull();
  }

  @Test
  void theRestMayHaveSlashesButNoneAtItsEnd() {
    PathPattern models = PathPattern.of("/v1/models/{id*}");
    assertThat(models.match("/v1/models/a")).isEqualTo(Map.of("id", "a"));
    assertThat(models.match("/v1/models/org/a b")).isEqualTo(Map.of("id", "org/a b"));
    for (String other : List.of("/v1/models/", "/v1/models", "/v1/models/a/", "/v1/model/a")) {
      assertThat(models.match(other)).as(other).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/chat/completions, /v1/chat/completions",
    "/completions, /v1/completions",
    "/v1/v1/chat/completions, /v1/chat/completions",
    "/v1/chat/completions/, /v1/chat/completions",
    "/v1//chat/completions, /v1/chat/completions",
    "//v1/models//, /v1/models",
    "/models/org/m, /v1/models/org/m",
    "/v1/models/m/, /v1/models/m",
    "/openai/v1/models/m, /v1/models/m",
    "/chat/completions/, /v1/chat/completions",
    "/metrics/, /metrics",
    "/api/v1/chat/completions, /v1/chat/completions",
    "/openai/deployments/m/chat/completions, /v1/chat/completions",
    "/v1/engines/m/completions, /v1/completions",
    "/v1/chat/completion, /v1/chat/completions",
    "/v1/chat/compeltions/, /v1/chat/completions",
    "/chat/completion, /v1/chat/completions",
    "/api/v1/chat/completion, /v1/chat/completions",
    "/v1/model, /v1/models",
    "/V1/Chat/Completions, /v1/chat/completions"
  })
  void thePathThatWasMeant(String asked, String meant) {
    assertThat(meant(asked)).isEqualTo(meant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "//",
        "/v1",
        "/v1/",
        "/nowhere",
        "/v1/chat",
        "/v2/models",
        "/x/",
        "*",
        "/v1/mode",
        "/v1/chat/complete",
        "/chat/completions/x"
      })
  void nothingWasMeant(String asked) {
    assertThat(meant(asked)).isEmpty();
  }

  @Test
  void aPathThatIsTooLongIsNotLookedFor() {
    assertThat(meant("/a".repeat(4_000) + "/v1/models")).isEmpty();
  }

  private static String meant(String asked) {
    Set<String> known =
        Set.of("/", "/v1/chat/completions", "/v1/completions", "/v1/models", "/metrics");
    PathPattern model = PathPattern.of("/v1/models/{id*}");
    return Meant.path(asked, known, path -> known.contains(path) || model.match(path) != null);
  }
}
