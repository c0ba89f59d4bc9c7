package tayyar.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.upstream.Worker.Libraries;

final class WorkerEnvironmentTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "OPENAI_API_KEY",
        "AWS_SECRET_ACCESS_KEY",
        "HF_TOKEN",
        "LLAMA_API_KEY",
        "OTEL_EXPORTER_OTLP_HEADERS",
        "TAYYAR_JAVA_OPTS",
        "TAYYAR_STORE",
        "TAYYAR_LOGIN",
        "JAVA_TOOL_OPTIONS",
        "PATHS",
        "MY_CUDA_KEY",
        "cuda_visible_devices",
        ""
      })
  void mayBeASecret(String name) {
    for (Libraries libraries : Libraries.values()) {
      assertThat(WorkerEnvironment.inherits(name, libraries)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PATH",
        "LC_ALL",
        "LANG",
        "TZ",
        "OMP_NUM_THREADS",
        "TAYYAR_LOG",
        "TAYYAR_LOG_LEVEL"
      })
  void tellsOfTheMachine(String name) {
    for (Libraries libraries : Libraries.values()) {
      assertThat(WorkerEnvironment.inherits(name, libraries)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LD_LIBRARY_PATH",
        "LD_PRELOAD",
        "LD_AUDIT",
        "DYLD_INSERT_LIBRARIES",
        "GGML_BACKEND_PATH",
        "GGML_VK_VISIBLE_DEVICES",
        "CUDA_VISIBLE_DEVICES",
        "OMP_TOOL_LIBRARIES",
        "VK_ICD_FILENAMES"
      })
  void namesCodeToLoadOrACardAndIsForLibrariesOfOnesOwn(String name) {
    assertThat(WorkerEnvironment.inherits(name, Libraries.OWN)).isTrue();
    assertThat(WorkerEnvironment.inherits(name, Libraries.PINNED)).isFalse();
  }

  @Test
  void theBuffersOfSocketsAreTheGateways() {
    var environment = new HashMap<>(Map.of("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", "A", "b"));
    WorkerEnvironment.reduce(environment, Libraries.PINNED);
    assertThat(environment).isEmpty();

    environment.put("GLIBC_TUNABLES", "glibc.malloc.arena_max=2");
    WorkerEnvironment.reduce(environment, Libraries.PINNED);
    assertThat(environment).hasSize(1);
  }
}
