package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextOutTest {

  /** What is shown of a text that comes in pieces. */
  private static String shown(List<String> stops, byte[]... pieces) {
    var out = new TextOut(stops);
    var text = new StringBuilder();
    for (byte[] piece : pieces) {
      text.append(new String(out.add(piece), UTF_8));
      if (out.stopped()) {
        break;
      }
    }
    return text.append(new String(out.end(), UTF_8)).toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void aCharacterLeavesWhenItIsWhole() {
    byte[] wave = utf8("👋");
    var out = new TextOut(List.of());
    assertThat(out.add(Arrays.copyOf(wave, 1))).isEmpty();
    assertThat(out.add(Arrays.copyOfRange(wave, 1, 3))).isEmpty();
    assertThat(out.add(Arrays.copyOfRange(wave, 3, 4))).isEqualTo(wave);
  }

  @Test
  void bytesThatAreNoUtf8BecomeReplacements() {
    assertThat(shown(List.of(), new byte[] {'a', (byte) 0xFF, 'b', (byte) 0xC3, 'c'}))
        .isEqualTo("a\uFFFDb\uFFFDc");
    assertThat(shown(List.of(), new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}))
        .isEqualTo("\uFFFD\uFFFD\uFFFD");
  }

  @Test
  void aCutCharacterAtTheEndIsDropped() {
    assertThat(shown(List.of(), utf8("ok"), new byte[] {(byte) 0xF0, (byte) 0x9F})).isEqualTo("ok");
  }

  @Test
  void aStopStringAcrossPiecesIsNeverShown() {
    assertThat(shown(List.of("END"), utf8("one E"), utf8("N"), utf8("D two"))).isEqualTo("one ");
  }

  @Test
  void aPossibleBeginningIsHeldBackAndThenShown() {
    var out = new TextOut(List.of("STOP"));
    assertThat(out.add(utf8("a ST"))).isEqualTo(utf8("a "));
    assertThat(out.add(utf8("ILL"))).isEqualTo(utf8("STILL"));
    assertThat(out.add(utf8("STO"))).isEmpty();
    assertThat(out.end()).isEqualTo(utf8("STO"));
  }

  @Test
  void theEarliestStopCounts() {
    assertThat(shown(List.of("yy", "x"), utf8("axyy"))).isEqualTo("a");
    assertThat(shown(List.of("x", "yy"), utf8("ayyx"))).isEqualTo("a");
  }

  @Test
  void arabicAndEmojiStopStringsWork() {
    assertThat(shown(List.of("النهاية"), utf8("قصة الن"), utf8("هاية هنا"))).isEqualTo("قصة ");
    assertThat(
            shown(
                List.of("👋"),
                utf8("hi "),
                Arrays.copyOf(utf8("👋"), 2),
                Arrays.copyOfRange(utf8("👋"), 2, 4)))
        .isEqualTo("hi ");
  }

  @Test
  void anySplitShowsTheSame() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    byte[] text = utf8("abcabdab السلام abcabcd 👋👋 end");
    for (int round = 0; round < 500; round++) {
      int[] cuts = random.ints(random.nextInt(8), 0, text.length).sorted().toArray();
      byte[][] pieces = new byte[cuts.length + 1][];
      int from = 0;
      for (int i = 0; i <= cuts.length; i++) {
        int to = i < cuts.length ? cuts[i] : text.length;
        pieces[i] = Arrays.copyOfRange(text, from, to);
        from = to;
      }
      assertThat(shown(List.of("abcabcd", "zzz"), pieces))
          .as("seed %d", seed)
          .isEqualTo("abcabdab السلام ");
    }
  }
}
