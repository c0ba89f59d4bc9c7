package tayyar.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class PiecesTest {

  @Test
  void everyPieceOfACutTextIsAJsonString() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    String[] units = {"a", "é", "ن", "€", "👋", "\\n", "\\\"", "\\\\", "\\u0007", "\\ud83d\\udc4b"};
    for (int round = 0; round < 300; round++) {
      var text = new StringBuilder();
      for (int i = random.nextInt(200); i >= 0; i--) {
        text.append(units[random.nextInt(units.length)]);
      }
      assertPiecesJoin(text.toString(), 13 + random.nextInt(40), "seed " + seed);
    }
  }

  private static void assertPiecesJoin(String escaped, int bytesMax, String seed) {
    byte[] json = escaped.getBytes(UTF_8);
    var joined = new StringBuilder();
    for (int at = 0; at < json.length; ) {
      int cut = Pieces.cut(json, at, json.length, bytesMax);
      assertThat(cut - at).as(seed).isBetween(1, bytesMax);
      String piece = new String(json, at, cut - at, UTF_8);
      String value = JsonMapper.shared().readValue('"' + piece + '"', String.class);
      assertThat(value.isEmpty() || !Character.isHighSurrogate(value.charAt(value.length() - 1)))
          .as(seed)
          .isTrue();
      joined.append(value);
      at = cut;
    }
    assertThat(joined.toString())
        .as(seed)
        .isEqualTo(JsonMapper.shared().readValue('"' + escaped + '"', String.class));
  }
}
