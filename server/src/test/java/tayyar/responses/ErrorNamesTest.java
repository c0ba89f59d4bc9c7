package tayyar.responses;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tayyar.api.ApiError;
import tools.jackson.databind.json.JsonMapper;

/** Errors name the members that a client of Responses has sent. */
class ErrorNamesTest {
  private static Object[][] errors() {
    return new Object[][] {
      {new ApiError.ContextLengthExceeded("messages", 9, 8, true), "input"},
      {new ApiError.MissingContent("messages[0].content"), "input"},
      {new ApiError.MaxTokensExceeded(9, 8), "max_output_tokens"},
      {new ApiError.InvalidValue("tools[0].name", "is no name."), "tools[0].name"},
    };
  }

  @ParameterizedTest
  @MethodSource("errors")
  void theyAreThoseOfResponses(ApiError error, String param) {
    var json = JsonMapper.shared().readTree(new ResponsesClients(null).error(error));
    assertThat(json.at("/error/param").asString()).isEqualTo(param);
    assertThat(json.at("/error/message").asString()).doesNotContain("'messages", "max_tokens");
  }
}
