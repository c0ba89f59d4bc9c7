package tayyar.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.testing.Described.Asked;

/** What is not described is found. */
final class DescribedTest {
  private static final String HEALTH = "{\"status\":\"ok\"}";

  private static void check(String asked, int status, String type, String body, String... more) {
    List<String> fields = new ArrayList<>(List.of(more));
    fields.add("Content-Type: " + type);
    var chunk = new RawHttp.Chunk(body.getBytes(UTF_8), 0, 0);
    var response = new Response(new RawHttp.Head(status, fields), List.of(chunk));
    String[] words = asked.split(" ", 2);
    Described.check(new Asked(words[0], words[1]), response);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /health | 200 | application/json | {'status':'good'} | X-Request-Id: req_1",
        "GET /health | 200 | application/json | {'status':'ok','more':1} | X-Request-Id: req_1",
        "GET /health | 200 | application/json | {} | X-Request-Id: req_1",
        "GET /health | 200 | text/plain | ok | X-Request-Id: req_1",
        "GET /health | 418 | application/json | {'status':'ok'} | X-Request-Id: req_1",
        "GET /health | 200 | application/json | {'status':'ok'} | X-Other: 1",
        "GET /health | 200 | application/json | {'status':'ok'} | X-Request-Id: 1",
        "GET /nowhere | 200 | application/json | {'status':'ok'} | X-Request-Id: req_1",
        "PUT /v1/messages | 405 | application/json | {'error':{}} | X-Request-Id: req_1",
        "POST /v1/messages | 400 | application/json | {'error':{}} | X-Request-Id: req_1"
      })
  void anAnswerThatIsNotDescribed(
      String asked, int status, String type, String body, String field) {
    String json = body.replace('\'', '"');
    assertThatThrownBy(() -> check(asked, status, type, json, field))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void aFieldThatIsNotDescribed() {
    assertThatCode(
            () -> check("GET /health", 200, "application/json", HEALTH, "X-Request-Id: req_1"))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () ->
                check(
                    "GET /health",
                    200,
                    "application/json",
                    HEALTH,
                    "X-Request-Id: req_1",
                    "X-New: 1"))
        .isInstanceOf(AssertionError.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "data: {\"object\":\"chat.completion.chunk\"} | data: [DONE]",
        "data: [DONE] | data: [DONE]",
        "data: {\"error\":{\"message\":\"m\"}} | data: [DONE]"
      })
  void anEventThatIsNotDescribed(String first, String second) {
    String body = first + "\n\n" + second + "\n\n";
    assertThatThrownBy(
            () ->
                check(
                    "POST /v1/chat/completions",
                    200,
                    "text/event-stream; charset=utf-8",
                    body,
                    "X-Request-Id: req_1"))
        .isInstanceOf(AssertionError.class);
  }
}
