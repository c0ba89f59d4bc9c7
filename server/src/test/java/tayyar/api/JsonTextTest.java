package tayyar.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tayyar.testing.Cases;

/** The length of a text is counted where it stands, escaped, as it is of the text itself. */
class JsonTextTest {
  private static final String[] PARTS = {
    "a",
    "é",
    "€",
    "😀",
    "\\n",
    "\\\"",
    "\\\\",
    "\\/",
    "\\u0041",
    "\\u00e9",
    "\\u20AC",
    "\\ud83d\\ude00"
  };

  @Test
  void bytesOfEscapedTextAreThoseOfTheText() {
    Cases.times(
        1_000,
        random -> {
          var json = new StringBuilder();
          for (int i = random.nextInt(12); i > 0; i--) {
            json.append(PARTS[random.nextInt(PARTS.length)]);
          }
          byte[] body = ("\"" + json + "\"").getBytes(UTF_8);
          String text = JsonText.unescape(body, 1, body.length - 1);
          assertThat(JsonText.utf8Bytes(body, 1, body.length - 1))
              .isEqualTo(text.getBytes(UTF_8).length)
              .isEqualTo(JsonText.utf8Bytes(text));
          var inTwo = new Message(Message.Role.USER, body, 1, body.length - 1, 1, body.length - 1);
          assertThat(inTwo.utf8Bytes()).isEqualTo(2 * text.getBytes(UTF_8).length);
        });
  }

  @Test
  void aLoneSurrogateCountsTwoBytes() {
    byte[] body = "\\ud800".getBytes(UTF_8);
    assertThat(JsonText.utf8Bytes(body, 0, body.length)).isEqualTo(2);
    assertThat(JsonText.utf8Bytes(JsonText.unescape(body, 0, body.length))).isEqualTo(2);
  }
}
