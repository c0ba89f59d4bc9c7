package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tayyar.api.Bounds;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Refused;
import tayyar.api.Target;
import tayyar.dialect.BodyWriter.Form;
import tayyar.dialect.BodyWriter.Written;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

class CacheSaltTest {
  private static final ObjectMapper STRICT =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

  private static InferenceRequest chat(String members) {
    return ChatBody.chat(("{" + members + HI + ",\"model\":\"m\"}").getBytes(UTF_8), 10);
  }

  private static String written(InferenceRequest request, boolean whole, String salt) {
    Written body =
        new EditedBodies("big", Target.Access.USUAL)
            .body(request, whole ? Form.DOCUMENT : Form.STREAM, salt);
    ByteBuf out = Unpooled.buffer();
    body.to(out);
    String text = out.toString(UTF_8);
    assertThat(text.getBytes(UTF_8)).hasSize(body.bytes());
    return text;
  }

  @Test
  void itIsReadAsItStands() {
    assertThat(chat("").cacheSalt()).isEmpty();
    assertThat(chat("\"cache_salt\":null,").cacheSalt()).isEmpty();
    assertThat(chat("\"cache_salt\" : \"a\\u0041é\" ,").cacheSalt()).isEqualTo("\"a\\u0041é\"");
    var wrong = catchThrowableOfType(Refused.class, () -> chat("\"cache_salt\":5,"));
    assertThat(Objects.requireNonNull(wrong).error().param()).isEqualTo("cache_salt");
  }

  @Test
  void oneThatIsGivenTakesThePlaceOfTheClients() {
    String before = "\"stream\":true,";
    String behind = "\"stream_options\":{},";
    for (boolean whole : new boolean[] {true, false}) {
      for (String own : List.of("", "\"cache_salt\": \"mine\" ,", "\"cache_salt\":null,")) {
        InferenceRequest request = chat(before + own + behind);
        JsonNode body = STRICT.readTree(written(request, whole, "abc"));
        assertThat(body.path("cache_salt").asString()).isEqualTo("abc");
        assertThat(body.path("model").asString()).isEqualTo("big");
        assertThat(body.path("messages"))
            .isEqualTo(STRICT.readTree("{" + HI + "}").get("messages"));
        assertThat(body.path("stream_options").has("include_usage")).isEqualTo(!whole);
      }
    }
  }

  @Test
  void withoutOneNothingIsChanged() {
    assertThat(written(chat(""), true, "")).isEqualTo("{" + HI + ",\"model\":\"big\"}");
    String own = "\"cache_salt\": \"mine\" ,";
    assertThat(written(chat(own), true, "")).isEqualTo("{" + own + HI + ",\"model\":\"big\"}");
  }

  @Test
  void vectorsHaveNone() {
    byte[] body = "{\"model\":\"m\",\"input\":\"hi\"}".getBytes(UTF_8);
    InferenceRequest request = new OpenAiClients().read(Endpoint.EMBEDDINGS, body, Bounds.DEFAULT);
    assertThat(written(request, true, "abc")).isEqualTo("{\"model\":\"big\",\"input\":\"hi\"}");
  }

  @Test
  void theRestOfAnAnswerIsAskedForWithTheSame() {
    for (String own : List.of("\"mine\"", "\"\\u00e9 \\\" é\"", "null")) {
      InferenceRequest request = chat("\"cache_salt\":" + own + ",\"max_tokens\":9,");
      InferenceRequest rest =
          Objects.requireNonNull(Continued.of(request, "Hel".getBytes(UTF_8), 1));
      JsonNode asked = STRICT.readTree(request.body()).path("cache_salt");
      assertThat(STRICT.readTree(written(rest, false, "")).path("cache_salt")).isEqualTo(asked);
      assertThat(rest.cacheSalt().isEmpty()).isEqualTo(asked.isNull());
      assertThat(STRICT.readTree(written(rest, false, "abc")).path("cache_salt").asString())
          .isEqualTo("abc");
    }
    InferenceRequest rest =
        Objects.requireNonNull(Continued.of(chat(""), "Hel".getBytes(UTF_8), 1));
    assertThat(written(rest, false, "")).doesNotContain("cache_salt");
    assertThat(STRICT.readTree(written(rest, false, "abc")).path("cache_salt").asString())
        .isEqualTo("abc");
  }
}
