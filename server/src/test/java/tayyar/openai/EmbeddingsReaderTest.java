package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.api.ApiError;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.Part;
import tayyar.api.Usage;
import tayyar.testing.QuietSink;

/** What an answer to a request for vectors may be in their place, and whose fault that is. */
class EmbeddingsReaderTest {

  /** Writes the vectors down. */
  private static final class Vectors extends QuietSink {
    final List<String> all = new ArrayList<>();

    @Override
    public void part(int input, Part part) {
      all.add(new String(((Part.Vector) part).json(), UTF_8));
    }

    @Override
    public void usage(Usage usage) {
      all.add(usage.promptTokens() + " tokens");
    }

    @Override
    public void failed(ApiError error) {}
  }

  private final Vectors vectors = new Vectors();

  private @Nullable ApiError read(boolean base64, String answer) {
    return new EmbeddingsReader(new Asked.Embeddings(1, 1, base64))
        .read(answer.getBytes(UTF_8), vectors);
  }

  @Test
  void numbersAreAsTheyStandThere() {
    assertThat(
            read(
                false,
                "{\"data\":[{\"index\":0,\"embedding\":[1, -2.50,3e-7]}],\"usage\":{\"prompt_tokens\":4}}"))
        .isNull();
    assertThat(vectors.all).containsExactly("[1,-2.50,3e-7]", "4 tokens");
  }

  /** Models make such numbers of odd inputs, at any target. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "false|[1,NaN]",
        "false|[-Infinity,1]",
        "false|[1,null]",
        "false|[1,\"2\"]",
        "false|\"AADAfw==\"",
        "true|[1,NaN]",
        "true|[null]",
      })
  void whatIsNoNumberIsNotTheTargetsFault(boolean base64, String vector) {
    assertThat(read(base64, "{\"data\":[{\"index\":0,\"embedding\":" + vector + "}]}"))
        .isEqualTo(
            new ApiError.UnreadableAnswer("a vector of it has something in it that is no number."));
    assertThat(vectors.all).isEmpty();
  }

  @Test
  void anErrorInThePlaceOfVectorsIsJudgedAsOneBehindAHead() {
    assertThat(read(false, "{\"error\":{\"message\":\"too long\",\"code\":400}}"))
        .isEqualTo(new ApiError.Relayed(400, "invalid_request_error", "400", null, "too long"));
    assertThat(read(false, "[{\"error\":{\"status\":\"RESOURCE_EXHAUSTED\"}}]"))
        .isEqualTo(new ApiError.UpstreamBusy(1));
    assertThat(read(false, "{\"detail\":\"no\"}")).isInstanceOf(ApiError.UpstreamFailed.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{|its answer is not JSON.",
        "<html>|its answer is not JSON.",
        "{}|its answer does not have one vector for each input.",
        "[]|its answer does not have one vector for each input.",
        "{\"data\":[]}|its answer does not have one vector for each input.",
        "{\"data\":[{\"index\":1,\"embedding\":[1]}]}|its answer does not have one vector for each input.",
        "{\"data\":[{\"index\":99999999999,\"embedding\":[1]}]}|its answer does not have one vector for each input.",
        "{\"data\":[{\"index\":0,\"embedding\":\"%\"}]}|its answer does not have one vector for each input.",
      })
  void whatIsNoAnswerIs(String answer, String why) {
    assertThat(read(false, answer)).isEqualTo(new ApiError.UpstreamFailed(why));
  }

  @Test
  void whatIsNestedTooDeepIsOurs() {
    assertThat(read(false, "{\"x\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}"))
        .isInstanceOf(ApiError.UnreadableAnswer.class);
  }
}
