package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tayyar.testing.BytesUpstream;
import tayyar.testing.NamedEvents;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.StreamedResponse;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The form of Open Responses over targets of OpenAI's API. */
@Tag("socket")
final class OpenResponsesTest {
  @RegisterExtension static final TestGateway GATEWAY = TestGateway.usual();

  @ParameterizedTest
  @EnumSource(value = OpenResponses.class, names = "LOGPROBS", mode = EnumSource.Mode.EXCLUDE)
  void cases(OpenResponses each) throws IOException {
    List<ObjectNode> both =
        each.check(GATEWAY::send, GATEWAY.key(), TestGateway.MODEL, "[[tokens=5 $1]]");
    assertThat(StreamedResponse.alike(both.getLast()))
        .isEqualTo(StreamedResponse.alike(both.getFirst()));
  }

  /** Not every server tells a token's bytes, or others than the one it chose. */
  @Test
  void logprobsHaveAllTheirMembers() throws IOException {
    String chunk =
        """
        {"choices":[{"index":0,"delta":{"content":"نهر"},"finish_reason":"stop","logprobs":{"content":[
         {"token":"نهر","logprob":-0.5,"bytes":null,"top_logprobs":[{"token":"x","logprob":-2}]},
         {"token":"!","logprob":-0.25}]}}],"usage":{"prompt_tokens":3,"completion_tokens":2}}
        """
            .replace("\n", "");
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(upstream)) {
      upstream.streams(chunk);
      String body =
          "{\"model\":\"m\",\"input\":\"x\",\"stream\":true,\"top_logprobs\":1}"
              .replace("\"m\"", "\"" + TestFleet.MODEL + "\"");
      Response response = fleet.send(Requests.post("/v1/responses", fleet.key(), body, ""));
      ObjectNode last = StreamedResponse.of(NamedEvents.of(response.text())).response();
      JsonNode entries = last.at("/output/0/content/0/logprobs");
      assertThat(entries)
          .isEqualTo(
              JsonMapper.shared()
                  .readTree(
                      """
                      [{"token":"نهر","logprob":-0.5,"bytes":[217,134,217,135,216,177],
                        "top_logprobs":[{"token":"x","logprob":-2,"bytes":[120]}]},
                       {"token":"!","logprob":-0.25,"bytes":[33],"top_logprobs":[]}]
                      """));
    }
  }

  /** Whatever the request says, a response repeats only what one can have. */
  @Test
  void whatIsRepeatedIsOfTheFormThatAResponseHas() throws IOException {
    String body =
        """
        {"model":"sim","input":"[[tokens=1]]","instructions":["x"],"metadata":"m","truncation":1,
         "service_tier":{},"tool_choice":"perhaps","reasoning":{"summary":7},"safety_identifier":[],
         "text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"}}}}
        """;
    Response response = GATEWAY.send(Requests.post("/v1/responses", GATEWAY.key(), body, ""));
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.json().path("tool_choice").asString()).isEqualTo("auto");
    assertThat(response.json().path("instructions").isNull()).isTrue();
    assertThat(response.json().at("/text/format/strict").asBoolean(true)).isFalse();
  }
}
