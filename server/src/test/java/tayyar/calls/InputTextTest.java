package tayyar.calls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tayyar.testing.Cases;

final class InputTextTest {
  private static String read(RandomGenerator random, String arguments) {
    byte[] json = arguments.getBytes(UTF_8);
    var text = new ByteArrayOutputStream();
    var input = new InputText();
    for (int at = 0; at < json.length; ) {
      int to = Math.min(json.length, at + 1 + random.nextInt(7));
      text.writeBytes(input.add(Arrays.copyOfRange(json, at, to)));
      at = to;
    }
    return text.toString(UTF_8);
  }

  private static String piece(RandomGenerator random) {
    return Cases.one(
        random, "a", "\"", "\\", "\n", "\t", "{\"input\":", "نهر", "🙂", "\u0001", "/");
  }

  private static String escaped(RandomGenerator random, String text) {
    var json = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean must = c < ' ' || c == '"' || c == '\\';
      if (c == '\n' && random.nextBoolean()) {
        json.append("\\n");
      } else if (c == '"' && random.nextBoolean()) {
        json.append("\\\"");
      } else if (must || random.nextInt(3) == 0) {
        json.append("\\u").append(String.format("%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.toString();
  }

  @Test
  void theTextIsReadWhereverItIsCut() {
    Cases.times(
        2_000,
        random -> {
          var text = new StringBuilder();
          for (int left = random.nextInt(12); left > 0; left--) {
            text.append(piece(random));
          }
          // Halves of a character are written in one way or the other, but both in the same.
          String json = escaped(random, text.toString().replace("🙂", "")) + "\\uD83D\\uDE42🙂";
          String blank = Cases.one(random, "", " ", "\n ");
          String arguments = "{" + blank + "\"input\"" + blank + ": \"" + json + "\"" + blank + "}";
          assertThat(read(random, arguments)).isEqualTo(text.toString().replace("🙂", "") + "🙂🙂");
        });
  }

  @Test
  void halvesAndShortEscapes() {
    Map<String, String> texts =
        Map.of(
            "\\uD83D", "\uFFFD",
            "\\uD83Dx", "\uFFFDx",
            "\\uDE42", "\uFFFD",
            "\\uD83D\\uD83D\\uDE42", "\uFFFD🙂",
            "\\b\\f\\r\\t\\/", "\b\f\r\t/");
    texts.forEach(
        (json, text) ->
            Cases.times(
                20,
                random ->
                    assertThat(read(random, "{\"input\":\"" + json + "|\"}"))
                        .isEqualTo(text + "|")));
  }
}
