package tayyar.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;

/** The fault of an invalid body is reported with a status, a code and the field's name. */
@Tag("socket")
class ValidationTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

  private static void assertRefused(Response response, String code, String param) {
    assertThat(response.status()).isEqualTo(400);
    JsonNode error = response.error();
    assertThat(error.path("type").asString()).isEqualTo("invalid_request_error");
    assertThat(error.path("code").asString()).isEqualTo(code);
    assertThat(error.path("param").asString("")).isEqualTo(param);
    assertThat(error.path("message").asString()).isNotBlank();
    assertThat(GATEWAY.row(response).status()).isEqualTo(400);
  }

  private static Response send(String body) throws IOException {
    return GATEWAY.send(Requests.post(GATEWAY.key(), body));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"temperature\":2.1            | temperature",
        "\"temperature\":-0.1           | temperature",
        "\"temperature\":\"hot\"        | temperature",
        "\"temperature\":1e999          | temperature",
        "\"top_p\":1.5                  | top_p",
        "\"top_p\":-1                   | top_p",
        "\"top_p\":[]                   | top_p",
        "\"frequency_penalty\":2.5      | frequency_penalty",
        "\"presence_penalty\":-2.5      | presence_penalty",
        "\"n\":0                        | n",
        "\"n\":1000                     | n",
        "\"n\":1.5                      | n",
        "\"max_tokens\":0               | max_tokens",
        "\"max_tokens\":-2              | max_tokens",
        "\"max_tokens\":\"7\"           | max_tokens",
        "\"max_tokens\":99999999999999  | max_tokens",
        "\"max_completion_tokens\":0    | max_completion_tokens",
        "\"seed\":\"x\"                 | seed",
        "\"seed\":1e300                 | seed",
        "\"stop\":5                     | stop",
        "\"stop\":[5]                   | stop",
        "\"stop\":{}                    | stop",
        "\"stream\":\"yes\"             | stream",
        "\"stream\":1                   | stream",
        "\"stream_options\":{}          | stream_options",
        "\"stream_options\":7,\"stream\":true | stream_options",
        "\"stream_options\":{\"include_usage\":1},\"stream\":true | stream_options.include_usage",
        "\"logprobs\":3                 | logprobs",
        "\"top_logprobs\":21,\"logprobs\":true | top_logprobs",
        "\"top_logprobs\":3             | top_logprobs",
        "\"tools\":{}                   | tools",
        "\"tool_choice\":\"required\"  | tool_choice",
        "\"function_call\":{\"name\":\"f\"} | function_call",
        "\"response_format\":\"json\"   | response_format",
        "\"logit_bias\":[]              | logit_bias",
      })
  void valuesOutOfRange(String field, String param) throws IOException {
    assertRefused(
        send("{\"model\":\"sim\"," + MESSAGES + "," + field + "}"), "invalid_value", param);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]                                      | missing_content | messages",
        "null                                    | missing_content | messages",
        "\"Hi\"                                  | invalid_value   | messages",
        "[\"Hi\"]                                | invalid_value   | messages[0]",
        "[{\"role\":\"user\"}]                   | missing_content | messages[0].content",
        "[{\"role\":\"user\",\"content\":null}]  | missing_content | messages[0].content",
        "[{\"role\":\"user\",\"content\":[]}]    | missing_content | messages[0].content",
        "[{\"role\":\"user\",\"content\":7}]     | invalid_value   | messages[0].content",
        "[{\"role\":\"user\",\"content\":[7]}]   | invalid_value   | messages[0].content[0]",
        "[{\"content\":\"Hi\"}]                  | invalid_role    | messages[0].role",
        "[{\"role\":\"king\",\"content\":\"a\"}] | invalid_role    | messages[0].role",
        "[{\"role\":7,\"content\":\"a\"}]        | invalid_value   | messages[0].role",
        "[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"user\"}] | missing_content | messages[1].content",
        "[{\"role\":\"system\",\"content\":null}] | missing_content | messages[0].content",
      })
  void messages(String messages, String code, String param) throws IOException {
    assertRefused(send("{\"model\":\"sim\",\"messages\":" + messages + "}"), code, param);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"max_tokens\":-1",
        "\"max_completion_tokens\":-1",
        "\"top_k\":-1",
        "\"messages\":[{\"role\":\"assistant\",\"content\":null,\"reasoning_content\":\"hm\"}]",
        "\"messages\":[{\"role\":\"function\",\"name\":\"f\",\"content\":null}]",
        "\"tool_choice\":\"auto\"",
      })
  void valuesThatOtherServersTakeAreTheTargetsToJudge(String field) throws IOException {
    String messages = field.startsWith("\"messages") ? "" : MESSAGES + ",";

    Response response = send("{\"model\":\"sim\"," + messages + field + "}");

    assertThat(response.status()).isEqualTo(200);
    assertThat(GATEWAY.upstream().body().toString()).contains(field);
    assertThat(GATEWAY.row(response).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "\"model\":null,", "\"model\":\"\",", "\"model\":7,", "\"model\":[],"})
  void modelIsRequired(String model) throws IOException {
    assertRefused(send("{" + model + MESSAGES + "}"), "invalid_value", "model");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[]",
        "null",
        "7",
        "\"text\"",
        "{\"model\":\"sim\"",
        "{\"model\":sim}",
        "{'model':'sim'}",
        "{\"model\":\"sim\",}",
        "{\"model\":\"sim\"} x",
        "{\"model\":\"sim\",\"seed\":NaN}",
        "{\"model\":\"\u0001\"}",
        "<html>",
        "\u0000\u0000",
      })
  void bodiesThatAreNoObject(String body) throws IOException {
    assertRefused(send(body), "invalid_json", "");
  }

  @Test
  void noMessagesAtAll() throws IOException {
    assertRefused(send("{\"model\":\"sim\"}"), "missing_content", "messages");
  }

  @Test
  void repeatedTopLevelKey() throws IOException {
    assertRefused(
        send("{\"model\":\"sim\",\"model\":\"sim\"," + MESSAGES + "}"), "invalid_json", "");
    assertRefused(
        send("{\"model\":\"sim\"," + MESSAGES + ",\"x\":1,\"\\u0078\":2}"), "invalid_json", "");
  }

  @Test
  void deepNestingIsRefusedOrReadOver() throws IOException {
    String deep = "[".repeat(200_000) + "]".repeat(200_000);

    assertRefused(
        send("{\"model\":\"sim\"," + MESSAGES + ",\"x\":" + deep + "}"), "invalid_json", "");
  }

  @Test
  void hugeNumbersAreRefusedQuickly() throws IOException {
    String huge = "1".repeat(900_000);

    assertThat(send("{\"model\":\"sim\"," + MESSAGES + ",\"seed\":" + huge + "}").status())
        .isEqualTo(400);
  }

  @Test
  void bytesThatAreNoText() throws IOException {
    String text = Requests.chat("sim", "\u00ff\u00fe", false).toString();
    byte[] body = text.getBytes(ISO_8859_1);
    String head = Requests.post(GATEWAY.key(), "").replace("Length: 0", "Length: " + body.length);
    try (RawHttp client = GATEWAY.connect()) {
      assertRefused(client.send(head).send(body).response(), "invalid_json", "");
    }
  }

  @Test
  void aRefusedRequestReachesNobodyAndKeepsTheConnection() throws IOException {
    long before = GATEWAY.simulator().requests();
    try (RawHttp client = GATEWAY.connect()) {
      assertThat(client.send(Requests.post(GATEWAY.key(), "{")).response().status()).isEqualTo(400);
      assertThat(client.send(Requests.bare("GET", "/v1/models")).response().status())
          .isEqualTo(200);
    }
    assertThat(GATEWAY.simulator().requests()).isEqualTo(before);
  }
}
