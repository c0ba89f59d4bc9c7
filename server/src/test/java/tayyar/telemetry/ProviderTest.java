package tayyar.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProviderTest {
  @ParameterizedTest
  @CsvSource({
    "worker, tayyar",
    "gpu-1:8000, openai",
    "[::1]:8000, openai",
    "api.anthropic.com:443, anthropic",
    "api.anthropic.com:443/v1 claude:latest, anthropic",
    "gpu-1:8000/v1 llama3:8b #2, openai",
  })
  void theHostTellsIt(String target, String provider) {
    assertThat(Provider.of(target)).isEqualTo(provider);
  }
}
