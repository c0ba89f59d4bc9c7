package tayyar.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is well-formed is what Java's own decoder takes. */
class Utf8Test {
  /** Of one byte to four, with the first and the last of each length. */
  private static final String[] CHARACTERS = {
    "a", " ", "م", "é", "\u007f", "\u0080", "\u07ff", "\u0800", "ﷺ", "\uffff", "\ud800\udc00", "😀"
  };

  @Test
  void itAgreesWithJavasDecoder() {
    var random = new Random(7);
    int good = 0;
    for (int round = 0; round < 300_000; round++) {
      byte[] bytes = broken(text(random), random);
      boolean decoded = isDecoded(bytes);
      good += decoded ? 1 : 0;
      assertThat(Utf8.isWellFormed(bytes)).as(HexFormat.of().formatHex(bytes)).isEqualTo(decoded);
    }
    assertThat(good).isBetween(100_000, 270_000);
  }

  /** Words of one language mostly, at all places within eight bytes. */
  private static byte[] text(Random random) {
    var text = new StringBuilder();
    int kinds = random.nextInt(4) == 0 ? CHARACTERS.length : 4;
    for (int left = random.nextInt(20); left > 0; left--) {
      text.append(CHARACTERS[random.nextInt(kinds)]);
    }
    return text.toString().getBytes(UTF_8);
  }

  private static byte[] broken(byte[] whole, Random random) {
    byte[] bytes = whole;
    for (int times = random.nextInt(3); times > 0 && bytes.length > 0; times--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes = Arrays.copyOf(bytes, at);
        default -> bytes = Arrays.copyOfRange(bytes, at, bytes.length);
      }
    }
    return bytes;
  }

  private static boolean isDecoded(byte[] bytes) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"c080", "c1bf", "eda080", "f4908080", "80", "d9", "e280", "f09f98"})
  void itIsBrokenAnywhereInAText(String hex) {
    byte[] wrong = HexFormat.of().parseHex(hex);
    for (int before = 0; before < 20; before++) {
      byte[] arabic = "مرحبا بالعالم، كيف".substring(0, Math.min(before, 18)).getBytes(UTF_8);
      byte[] latin = "x".repeat(before).getBytes(UTF_8);
      for (byte[] text : new byte[][] {arabic, latin}) {
        byte[] all = Arrays.copyOf(text, text.length + wrong.length + 9);
        System.arraycopy(wrong, 0, all, text.length, wrong.length);
        assertThat(Utf8.isWellFormed(all)).isFalse();
        assertThat(Utf8.isWellFormed(text)).isTrue();
      }
    }
  }
}
