package tayyar.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * A response that has come to its end.
 *
 * @param head its head
 * @param chunks the chunks of its body, or one that is all of it
 */
public record Response(RawHttp.Head head, List<RawHttp.Chunk> chunks) {
  static final ObjectMapper JSON = new ObjectMapper();

  /** The status. */
  public int status() {
    return head.status();
  }

  /** A field that stands there at most once, or an empty string. */
  public String field(String name) {
    return head.field(name);
  }

  /** The body, which must be UTF-8. */
  public String text() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    chunks.forEach(chunk -> all.writeBytes(chunk.bytes()));
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(all.toByteArray())).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalStateException("the body is no UTF-8", e);
    }
  }

  /** The body as JSON. */
  public JsonNode json() {
    return JSON.readTree(text());
  }

  /** The {@code error} of an envelope, which must have its four keys and nothing beside it. */
  public JsonNode error() {
    JsonNode json = json();
    JsonNode error = json.path("error");
    List<String> keys = new ArrayList<>(error.propertyNames());
    if (json.size() != 1 || !List.of("code", "message", "param", "type").equals(sorted(keys))) {
      throw new IllegalStateException("no error envelope: " + json);
    }
    return error;
  }

  /** The body as a stream of events. */
  public Events events() {
    return Events.of(text());
  }

  private static List<String> sorted(List<String> keys) {
    return keys.stream().sorted().toList();
  }

  /** Fails where this is not a chat's answer that came to its end. */
  public void assertWhole(boolean stream, String text) {
    assertThat(status()).isEqualTo(200);
    if (stream) {
      assertThat(events().content()).isEqualTo(text);
      assertThat(events().finishReason()).isEqualTo("stop");
      assertThat(events().error().isMissingNode()).isTrue();
      assertThat(events().done()).isTrue();
    } else {
      JsonNode choice = json().path("choices").path(0);
      assertThat(choice.path("message").path("content").asString()).isEqualTo(text);
      assertThat(choice.path("finish_reason").asString()).isEqualTo("stop");
    }
  }
}
