package tayyar.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TargetNamesTest {
  private static List<String> names(TargetAt... targets) {
    return new ServedModel.From.Targets(Arrays.asList(targets)).names();
  }

  private static TargetAt at(String url, String model) {
    return new TargetAt(TargetAt.url(url), model, null, 1, 0, "");
  }

  @Test
  void hostAndPortAreEnoughWhereTheyDiffer() {
    assertThat(
            names(
                at("http://gpu-1:8000/v1", "a"),
                at("http://gpu-2/v1", "a"),
                at("https://[::1]/v1", "b")))
        .containsExactly("gpu-1:8000", "gpu-2:80", "[::1]:443");
  }

  @Test
  void pathsTellTwoDeploymentsOfAHostApart() {
    assertThat(
            names(
                at("https://x.openai.azure.com/openai/deployments/a", "a"),
                at("https://x.openai.azure.com/openai/deployments/b", "b"),
                at("http://gpu-1:8000/v1", "a")))
        .containsExactly(
            "x.openai.azure.com:443/openai/deployments/a",
            "x.openai.azure.com:443/openai/deployments/b",
            "gpu-1:8000");
  }

  @Test
  void modelsTellTwoOfAnAddressApart() {
    assertThat(
            names(
                at("http://gpu:8000/v1", "llama3:8b"),
                at("http://gpu:8000/v1", "جيس"),
                at("http://gpu:8000/نص", "llama3:8b")))
        .containsExactly("gpu:8000/v1 llama3:8b", "gpu:8000/v1 ___", "gpu:8000/__");
  }

  @Test
  void thoseOfTwoKeysHaveNumbers() {
    var one = new TargetAt(TargetAt.url("http://gpu:8000/v1"), "m", new Secret("k1"), 1, 0, "");
    var two = new TargetAt(TargetAt.url("http://gpu:8000/v1"), "m", new Secret("k2"), 1, 0, "");
    assertThat(names(one, two)).containsExactly("gpu:8000/v1 m", "gpu:8000/v1 m #2");
  }
}
