package tayyar.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tayyar.api.Target.Dialect;
import tayyar.testing.BytesUpstream;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What targets cut where clients can't: characters between two pieces, calls that are told side by
 * side. Each client's language has its own legal form of it.
 */
@Tag("socket")
final class CutPiecesTest {
  private static final List<Spoken> ALL =
      List.of(new SpokenChats(), new SpokenMessages(), new SpokenResponses());

  /** The pieces of a text and of a call's arguments, each with a place for half a character. */
  private static List<String> events(Dialect target, String one, String two) {
    return switch (target) {
      case OPENAI ->
          List.of(
              "{'choices':[{'index':0,'delta':{'content':'" + one + "'}}]}",
              "{'choices':[{'index':0,'delta':{'content':'" + two + "'}}]}",
              "{'choices':[{'index':0,'delta':{'tool_calls':[{'index':0,'id':'c','type':'function','function':{'name':'now','arguments':'{`a`:`"
                  + one
                  + "'}}]}}]}",
              "{'choices':[{'index':0,'delta':{'tool_calls':[{'index':0,'function':{'arguments':'"
                  + two
                  + "`}'}}]}}]}",
              "{'choices':[{'index':0,'delta':{},'finish_reason':'tool_calls'}]}");
      case ANTHROPIC ->
          List.of(
              "{'type':'message_start','message':{'usage':{'input_tokens':1,'output_tokens':1}}}",
              "{'type':'content_block_start','index':0,'content_block':{'type':'text','text':''}}",
              "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'"
                  + one
                  + "'}}",
              "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'"
                  + two
                  + "'}}",
              "{'type':'content_block_stop','index':0}",
              "{'type':'content_block_start','index':1,'content_block':{'type':'tool_use','id':'c','name':'now','input':{}}}",
              "{'type':'content_block_delta','index':1,'delta':{'type':'input_json_delta','partial_json':'{`a`:`"
                  + one
                  + "'}}",
              "{'type':'content_block_delta','index':1,'delta':{'type':'input_json_delta','partial_json':'"
                  + two
                  + "`}'}}",
              "{'type':'content_block_stop','index':1}",
              "{'type':'message_delta','delta':{'stop_reason':'tool_use'},'usage':{'output_tokens':4}}",
              "{'type':'message_stop'}");
      case GEMINI ->
          List.of(
              "{'candidates':[{'content':{'parts':[{'text':'" + one + "'}]}}]}",
              "{'candidates':[{'content':{'parts':[{'text':'" + two + "'}]}}]}",
              "{'candidates':[{'content':{'parts':[{'functionCall':{'name':'now','args':{'a':'A\\ud83d\\ude00B'}}}]},'finishReason':'STOP'}]}");
      case RESPONSES ->
          List.of(
              "{'type':'response.output_item.added','output_index':0,'item':{'id':'msg_m','type':'message','status':'in_progress','role':'assistant','content':[]}}",
              "{'type':'response.content_part.added','item_id':'msg_m','output_index':0,'content_index':0,'part':{'type':'output_text','text':'','annotations':[],'logprobs':[]}}",
              "{'type':'response.output_text.delta','item_id':'msg_m','output_index':0,'content_index':0,'delta':'"
                  + one
                  + "','logprobs':[]}",
              "{'type':'response.output_text.delta','item_id':'msg_m','output_index':0,'content_index':0,'delta':'"
                  + two
                  + "','logprobs':[]}",
              "{'type':'response.output_text.done','item_id':'msg_m','output_index':0,'content_index':0,'text':'"
                  + one
                  + two
                  + "','logprobs':[]}",
              "{'type':'response.content_part.done','item_id':'msg_m','output_index':0,'content_index':0,'part':{'type':'output_text','text':'"
                  + one
                  + two
                  + "','annotations':[],'logprobs':[]}}",
              "{'type':'response.output_item.done','output_index':0,'item':"
                  + message(one + two)
                  + "}",
              "{'type':'response.output_item.added','output_index':1,'item':"
                  + call("f", "c", "in_progress", "")
                  + "}",
              "{'type':'response.function_call_arguments.delta','item_id':'fc_f','output_index':1,'delta':'{`a`:`"
                  + one
                  + "'}",
              "{'type':'response.function_call_arguments.delta','item_id':'fc_f','output_index':1,'delta':'"
                  + two
                  + "`}'}",
              "{'type':'response.function_call_arguments.done','item_id':'fc_f','output_index':1,'name':'now','arguments':'{`a`:`"
                  + one
                  + two
                  + "`}'}",
              "{'type':'response.output_item.done','output_index':1,'item':"
                  + call("f", "c", "completed", "{`a`:`" + one + two + "`}")
                  + "}",
              completed(
                  message(one + two), call("f", "c", "completed", "{`a`:`" + one + two + "`}")));
    };
  }

  private static String message(String text) {
    return "{'id':'msg_m','type':'message','status':'completed','role':'assistant','content':[{'type':'output_text','text':'"
        + text
        + "','annotations':[],'logprobs':[]}]}";
  }

  private static String call(String id, String callId, String status, String arguments) {
    return "{'id':'fc_%s','type':'function_call','status':'%s','call_id':'%s','name':'now','arguments':'%s'}"
        .formatted(id, status, callId, arguments);
  }

  private static String completed(String... items) {
    return "{'type':'response.completed','response':{'id':'r','object':'response','created_at':1,'status':'completed','model':'m','output':["
        + String.join(",", items)
        + "],'usage':{'input_tokens':1,'input_tokens_details':{'cached_tokens':0},'output_tokens':4,'output_tokens_details':{'reasoning_tokens':0},'total_tokens':5}}}";
  }

  private static byte[] stream(List<String> events) {
    var all = new StringBuilder();
    int number = 0;
    for (String event : events) {
      String numbered =
          event.startsWith("{'type':'response.")
              ? event.replaceFirst("\\{", "{'sequence_number':" + number++ + ",")
              : event;
      String json = numbered.replace('\'', '"').replace("`", "\\\"");
      all.append("data: ").append(json).append("\n\n");
    }
    return all.toString().getBytes(ISO_8859_1);
  }

  private static ObjectNode told(TestFleet fleet, Spoken spoken, boolean stream)
      throws IOException {
    String body = spoken.body(TestFleet.MODEL, "x", stream).toString();
    Response response = fleet.send(Requests.post(spoken.path(), fleet.key(), body, ""));
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    return stream ? spoken.streamed(response) : spoken.whole(response);
  }

  private static List<String> inputs(ObjectNode answer) {
    return Stream.concat(
            answer.findValuesAsString("arguments").stream(),
            answer.findValues("input").stream().map(JsonNode::toString))
        .toList();
  }

  /** As two escapes of surrogates, or with its bytes in two pieces. */
  @ParameterizedTest
  @EnumSource(Dialect.class)
  void halvesOfACharacterAreJoined(Dialect target) throws IOException {
    String[][] halves = {
      {"A\\ud83d", "\\ude00B"},
      {"A\u00f0\u009f", "\u0098\u0080B"},
      {"A\u00f0", "\u009f\u0098\u0080B"}
    };
    for (String[] half : halves) {
      try (var upstream = new BytesUpstream();
          var fleet = TestFleet.before(target, upstream)) {
        upstream.answers(200, "text/event-stream", stream(events(target, half[0], half[1])));
        for (Spoken spoken : ALL) {
          ObjectNode answer = told(fleet, spoken, true);
          assertThat(spoken.text(answer)).isEqualTo("A\ud83d\ude00B");
          assertThat(inputs(answer)).containsExactly("{\"a\":\"A\ud83d\ude00B\"}");
        }
      }
    }
  }

  /** One that stays alone becomes U+FFFD, and ends no answer. */
  @ParameterizedTest
  @EnumSource(Dialect.class)
  void aHalfAloneEndsNothing(Dialect target) throws IOException {
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(target, upstream)) {
      upstream.answers(200, "text/event-stream", stream(events(target, "A\\ud83d", "B")));
      for (Spoken spoken : ALL) {
        assertThat(spoken.text(told(fleet, spoken, true))).isEqualTo("A\ufffdB");
      }
    }
  }

  /** Clients whose language has blocks get one call behind the other. */
  @ParameterizedTest
  @CsvSource({"RESPONSES", "OPENAI"})
  void callsSideBySideAreToldInEachLanguage(Dialect target) throws IOException {
    List<String> events =
        target == Dialect.OPENAI
            ? List.of(
                chunk(
                    "{'index':0,'id':'c0','type':'function','function':{'name':'now','arguments':''}}"),
                chunk(
                    "{'index':1,'id':'c1','type':'function','function':{'name':'now','arguments':''}}"),
                chunk("{'index':1,'function':{'arguments':'{`a`:'}}"),
                chunk("{'index':0,'function':{'arguments':'{`a`:1'}}"),
                chunk("{'index':1,'function':{'arguments':'2}'}}"),
                chunk("{'index':0,'function':{'arguments':'}'}}"),
                "{'choices':[{'index':0,'delta':{},'finish_reason':'tool_calls'}]}")
            : List.of(
                added(0),
                added(1),
                piece(1, "{`a`:"),
                piece(0, "{`a`:1"),
                piece(1, "2}"),
                piece(0, "}"),
                done(1),
                done(0),
                completed(
                    call("f0", "c0", "completed", "{`a`:1}"),
                    call("f1", "c1", "completed", "{`a`:2}")));
    try (var upstream = new BytesUpstream();
        var fleet = TestFleet.before(target, upstream)) {
      upstream.answers(200, "text/event-stream", stream(events));
      for (Spoken spoken : List.of(new SpokenChats(), new SpokenMessages())) {
        assertThat(inputs(told(fleet, spoken, true))).containsExactly("{\"a\":1}", "{\"a\":2}");
      }
      String body = new SpokenResponses().body(TestFleet.MODEL, "x", true).toString();
      Response response = fleet.send(Requests.post("/v1/responses", fleet.key(), body, ""));
      assertThat(response.text()).contains("response.completed").endsWith("data: [DONE]\n\n");
      if (target == Dialect.OPENAI) {
        assertThat(inputs(new SpokenResponses().streamed(response)))
            .containsExactly("{\"a\":1}", "{\"a\":2}");
      }
    }
  }

  private static String chunk(String call) {
    return "{'choices':[{'index':0,'delta':{'tool_calls':[" + call + "]}}]}";
  }

  private static String added(int index) {
    return "{'type':'response.output_item.added','output_index':%d,'item':%s}"
        .formatted(index, call("f" + index, "c" + index, "in_progress", ""));
  }

  private static String piece(int index, String arguments) {
    return "{'type':'response.function_call_arguments.delta','item_id':'fc_f%d','output_index':%d,'delta':'%s'}"
        .formatted(index, index, arguments);
  }

  private static String done(int index) {
    return "{'type':'response.output_item.done','output_index':%d,'item':%s}"
        .formatted(index, call("f" + index, "c" + index, "completed", "{`a`:" + (index + 1) + "}"));
  }
}
