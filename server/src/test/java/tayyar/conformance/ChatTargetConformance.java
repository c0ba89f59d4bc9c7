package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import tayyar.testing.BytesUpstream;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The same over targets of OpenAI's API. */
abstract class ChatTargetConformance extends DialectConformance {
  private static final String BEGUN =
      "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}";

  ChatTargetConformance(Spoken spoken) {
    super(spoken, TestGateway.usual());
  }

  private Response ask(TestFleet fleet, boolean stream) throws IOException {
    String body = spoken().body(TestFleet.MODEL, "x", stream).toString();
    return fleet.send(Requests.post(spoken().path(), fleet.key(), body, ""));
  }

  private static String call(int index, String first, String arguments) {
    return "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":"
        + index
        + first
        + "\"arguments\":"
        + JsonMapper.shared().writeValueAsString(arguments)
        + "}}]},\"finish_reason\":null}]}";
  }

  private static String begins(int index, String arguments) {
    String first = ",\"id\":\"c%d\",\"function\":{\"name\":\"now\",".formatted(index);
    return call(index, first, arguments);
  }

  private static String goesOn(int index, String arguments) {
    return call(index, ",\"function\":{", arguments);
  }

  private static String ends(String reason) {
    return "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}";
  }

  /** Their items and blocks are closed before the next begins. */
  @Test
  void aCallThatGoesOnBehindTheNextOneFails() throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(upstream)) {
      upstream.streams(BEGUN, begins(0, "{}"), begins(1, "{}"), goesOn(0, " "), ends("tool_calls"));
      Response response = ask(fleet, true);
      spoken().assertFailed(response);
      assertThat(fleet.row(response).tries()).contains("cancelled");
      assertThat(fleet.row(response).outcome()).isEqualTo("failed");
    }
  }

  @Test
  void textBetweenTwoCallsIsTold() throws IOException {
    String text = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"between\"}}]}";
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(upstream)) {
      upstream.streams(BEGUN, begins(0, "{}"), text, begins(1, "{}"), ends("tool_calls"));
      assertThat(spoken().text(spoken().streamed(ask(fleet, true)))).isEqualTo("between");
    }
  }

  /** Gemini refuses the next request without it. */
  @Test
  void whatATargetSignsInACallComesBackToIt() throws IOException {
    String extra = "{\"google\":{\"thought_signature\":\"Cq/+9==\"}}";
    String first = ",\"id\":\"c1\",\"extra_content\":" + extra + ",\"function\":{\"name\":\"now\",";
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(upstream)) {
      upstream.streams(BEGUN, call(0, first, "{}"), ends("tool_calls"));
      ObjectNode told = spoken().streamed(ask(fleet, true));
      ObjectNode goesOn = spoken().goesOn(TestGateway.MODEL, told, "[[tokens=2]]");
      assertThat(send(goesOn).status()).isEqualTo(200);
    }
    JsonNode messages = gateway.upstream().body().path("messages");
    JsonNode call = messages.path(messages.size() - 2).path("tool_calls").path(0);
    assertThat(call.path("id").asString()).isEqualTo("c1");
    assertThat(call.path("extra_content").toString()).isEqualTo(extra);
    JsonNode result = messages.path(messages.size() - 1);
    assertThat(result.path("tool_call_id").asString()).isEqualTo("c1");
  }

  @Test
  void aCallWithoutArgumentsIsOne() throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(upstream)) {
      upstream.streams(BEGUN, begins(0, ""), ends("tool_calls"));
      assertThat(spoken().input(spoken().streamed(ask(fleet, true)))).isEmpty();
    }
  }
}
