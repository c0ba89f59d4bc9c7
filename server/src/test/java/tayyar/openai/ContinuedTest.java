package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Original;

class ContinuedTest {
  private record Told(int bytes, String untold) implements Original {}

  /** Another target would go on with what the client has not asked. */
  @ParameterizedTest
  @ValueSource(strings = {"", "messages[0].content[0].type"})
  void whatABodyDoesNotSayIsNotContinued(String untold) {
    String body = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    InferenceRequest request = ChatBody.chat(body.getBytes(UTF_8), 10).of(new Told(9, untold));
    assertThat(Continued.of(request, "so".getBytes(UTF_8), 1) == null).isEqualTo(!untold.isEmpty());
  }
}
