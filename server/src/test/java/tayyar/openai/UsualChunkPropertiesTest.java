package tayyar.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.Usage;
import tayyar.testing.Cases;
import tayyar.testing.QuietSink;
import tayyar.wire.Utf8;

/** Chunks taken by their form give what they give when they are read. */
class UsualChunkPropertiesTest {
  private static final List<String> TEXTS =
      List.of(
          "", "a", "word ", "سلام", "é", "😀", "\\n", "\\\"", "\\u0633", "\\ud83d", "]}", "null",
          "\\\\");
  private static final List<String> ODD =
      List.of(
          "\u00c3", "\u00ed\u00a0\u0080", "\u00c0\u0080", "\u00f5", "\u0007", "\"", "\\", "\\x");
  private static final List<String> FRAMES =
      List.of(
          "{\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%\"},\"finish_reason\":null}]}",
          "{\"choices\":[{\"delta\":{\"content\":\"%\",\"role\":\"assistant\"},\"index\":1}],\"x\":\"%\"}",
          "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%\",\"content\":\"%\"}}]}",
          "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%\"}},{\"index\":1,\"delta\":{\"content\":\"%\"}}]}",
          "{\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"%\"}}]}",
          "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%\"}}],\"usage\":{\"completion_tokens\":1}}",
          "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%\"},\"finish_reason\":\"stop\"}]}",
          "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%\"}}],\"error\":null}",
          "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%\"}}",
          "{\"choices\":[{\"index\":0,\"delta\":{\"content\":null}}]}");

  /** What one reader gave, and whether as it stood. */
  static final class Given extends QuietSink {
    final List<String> all = new ArrayList<>();
    byte[] last = {};

    @Override
    public void delta(int choice, Kind kind, byte[] json, int from, int to) {
      last = json;
      all.add(choice + " " + kind + " " + new String(json, from, to - from, ISO_8859_1));
    }

    @Override
    public void finish(int choice, FinishReason reason) {
      all.add(choice + " " + reason);
    }

    @Override
    public void usage(Usage usage) {
      all.add(usage.toString());
    }

    @Override
    public void failed(ApiError error) {}
  }

  @Test
  void whatIsTakenByItsFormIsWhatIsRead() {
    Cases.times(4_000, UsualChunkPropertiesTest::compare);
  }

  private static void compare(RandomGenerator random) {
    var learning = new Given();
    var reader = new ChunkReader(learning, true);
    var parsed = new Given();
    var parsing = new ChunkReader(parsed, true);
    String frame = FRAMES.getFirst();
    for (int i = 0; i < 12; i++) {
      frame = random.nextInt(4) == 0 ? FRAMES.get(random.nextInt(FRAMES.size())) : frame;
      byte[] chunk = chunk(frame, random);
      int from = random.nextInt(3);
      var bytes = new byte[from + chunk.length + random.nextInt(3)];
      System.arraycopy(chunk, 0, bytes, from, chunk.length);

      ApiError wrong = reader.read(bytes, from, from + chunk.length);
      ApiError expected = parsing.readWhole(bytes, from, from + chunk.length);

      assertThat(wrong).as(new String(chunk, UTF_8)).isEqualTo(expected);
      assertThat(learning.all).as(new String(chunk, UTF_8)).isEqualTo(parsed.all);
    }
  }

  /** Texts are Unicode, and now and then bytes that are none. */
  private static byte[] chunk(String frame, RandomGenerator random) {
    StringBuilder chunk = new StringBuilder();
    for (int i = 0; i < frame.length(); i++) {
      char c = frame.charAt(i);
      chunk.append(c == '%' ? text(random) : String.valueOf(c));
    }
    return chunk.toString().getBytes(ISO_8859_1);
  }

  private static String text(RandomGenerator random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      boolean odd = random.nextInt(30) == 0;
      text.append(
          odd
              ? ODD.get(random.nextInt(ODD.size()))
              : new String(TEXTS.get(random.nextInt(TEXTS.size())).getBytes(UTF_8), ISO_8859_1));
    }
    return text.toString();
  }

  @Test
  void aPlainTextIsNotCopied() {
    var given = new Given();
    var reader = new ChunkReader(given, true);
    for (String text : List.of("one", "اثنان", "three")) {
      byte[] bytes = ("  " + FRAMES.getFirst().replace("%", text) + " ").getBytes(UTF_8);
      assertThat(reader.read(bytes, 2, bytes.length - 1)).isNull();
      assertThat(given.last).isSameAs(bytes);
    }
  }

  @Test
  void plainIsWhatAStrictDecoderTakes() {
    Cases.times(
        20_000,
        random -> {
          var bytes = new byte[random.nextInt(6)];
          random.nextBytes(bytes);
          assertThat(Utf8.isPlain(bytes, 0, bytes.length)).isEqualTo(isPlain(bytes));
        });
  }

  private static boolean isPlain(byte[] bytes) {
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.chars().noneMatch(c -> c < 0x20 || c == '"' || c == '\\');
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
