package tayyar.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Reads the log-probabilities of a completion's text: four lists beside each other. */
final class TextLogprobs {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final List<String> COLUMNS =
      List.of("tokens", "token_logprobs", "top_logprobs", "text_offset");

  private TextLogprobs() {}

  /**
   * The value under the parser by token, as {@link tayyar.api.Sink#logprobs} has it; empty where
   * there are none. What a list lacks is null.
   */
  static byte[] read(JsonParser p) {
    JsonNode root = JSON.readTree(p);
    var out = new ByteArrayOutputStream();
    for (int i = 0; i < root.path(COLUMNS.getFirst()).size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      for (String column : COLUMNS) {
        JsonNode value = root.path(column).path(i);
        out.writeBytes((value.isMissingNode() ? "null" : value.toString()).getBytes(UTF_8));
        out.write('\n');
      }
    }
    return out.toByteArray();
  }
}
