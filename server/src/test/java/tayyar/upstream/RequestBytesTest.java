package tayyar.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.InferenceRequest;
import tayyar.api.Room;
import tayyar.api.Sampling;
import tayyar.api.Target;
import tayyar.api.Target.Address;
import tayyar.api.Trace;
import tayyar.dialect.BodyWriter.Form;
import tayyar.dialect.BodyWriter.Written;
import tayyar.openai.OpenAiTargets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RequestBytesTest {

  private static String sent(String body, InferenceRequest.Spans spans, @Nullable String key) {
    return sent(body, spans, key, Trace.NONE);
  }

  private static String sent(
      String body, InferenceRequest.Spans spans, @Nullable String key, Trace trace) {
    return sent(body, spans, key, trace, Form.STREAM);
  }

  private static String sent(
      String body, InferenceRequest.Spans spans, @Nullable String key, Trace trace, Form form) {
    var request =
        new InferenceRequest(
            "m",
            List.of(),
            true,
            false,
            Sampling.NONE,
            List.of(),
            Set.of(),
            body.getBytes(UTF_8),
            spans);
    var target = new Target("t", new Address.Tcp("gpu-1", 8000, false), "/v1", "big/\"one", key);
    var requests = new RequestBytes(target, new OpenAiTargets());
    var passed = new Passed("req_1", trace, false, Room.ENDLESS, "");
    Written its = requests.body(request, passed, form);
    var out = requests.of(request, its, passed, form, UnpooledByteBufAllocator.DEFAULT);
    String text = out.toString(UTF_8);
    out.release();
    return text;
  }

  @Test
  void onlyWhatMustChangeIsChanged() {
    String body = "{\"model\": \"m\" , \"x\":[1, 2],\"stream\":false,\"stream_options\":{}}";
    var spans =
        new InferenceRequest.Spans(
            1,
            body.indexOf("\"m\""),
            body.indexOf("\"m\"") + 3,
            body.indexOf("false"),
            body.indexOf("false") + 5,
            body.indexOf("{}"),
            body.indexOf("{}") + 2);
    String sent = sent(body, spans, "secret");
    assertThat(sent)
        .startsWith("POST /v1/chat/completions HTTP/1.1\r\nHost: gpu-1:8000\r\n")
        .contains("\r\nAuthorization: Bearer secret\r\n")
        .contains("\r\nAccept-Encoding: identity\r\n")
        .endsWith(
            "\r\n\r\n{\"model\": \"big/\\\"one\" , \"x\":[1, 2],\"stream\":true,"
                + "\"stream_options\":{\"include_usage\":true}}");
    assertThat(sent)
        .contains("Content-Length: " + (sent.length() - sent.indexOf("\r\n\r\n") - 4) + "\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"model\":\"m\",\"stream\":true,%s}",
        "{\"model\":\"m\",%s,\"stream\":true}",
        "{ \"model\" : \"m\" , %s , \"stream\" : true }",
        "{%s,\"model\":\"m\",\"stream\":true}",
        "{ %s , \"model\":\"m\",\"stream\":true}"
      })
  void refusedAdditionsAreLeftOut(String frame) {
    String body = frame.formatted("\"stream_options\" : {\"include_usage\":true}");
    int model = body.indexOf("\"m\"");
    int stream = body.indexOf("true", body.indexOf("\"stream\""));
    int options = body.indexOf("{\"include");
    var spans =
        new InferenceRequest.Spans(1, model, model + 3, stream, stream + 4, options, options + 22);
    for (Form form : List.of(Form.PLAIN_STREAM, Form.DOCUMENT)) {
      String sent = sent(body, spans, null, Trace.NONE, form);
      JsonNode json = JsonMapper.shared().readTree(sent.substring(sent.indexOf("\r\n\r\n") + 4));
      assertThat(json.propertyNames()).containsExactlyInAnyOrder("model", "stream");
      assertThat(json.path("stream").asBoolean()).isEqualTo(form == Form.PLAIN_STREAM);
    }
  }

  @Test
  void theTraceGoesOn() {
    String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    var spans = new InferenceRequest.Spans(1, 9, 12, -1, -1, -1, -1);
    String body = "{\"model\":\"m\"}";
    assertThat(sent(body, spans, null, Trace.of(parent, "vendor=a")))
        .contains("\r\ntraceparent: " + parent + "\r\ntracestate: vendor=a\r\n");
    assertThat(sent(body, spans, null, Trace.of(parent, null).span().child()))
        .containsPattern("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01\r\n")
        .doesNotContain("00f067aa0ba902b7");
    assertThat(sent(body, spans, null)).doesNotContain("trace");
  }

  @Test
  void absentMembersArePutInFront() {
    String body = "{\"model\":\"m\"}";
    var spans = new InferenceRequest.Spans(1, 9, 12, -1, -1, -1, -1);
    assertThat(sent(body, spans, null))
        .doesNotContain("Authorization")
        .endsWith(
            "\r\n\r\n{\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                + "\"model\":\"big/\\\"one\"}");
  }
}
