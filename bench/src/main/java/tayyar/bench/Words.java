package tayyar.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;

/**
 * A long text of common English words, each of which is one token to most tokenisers. A prompt is a
 * piece of it behind some words of its own. So a new prompt costs little more than a copy, and no
 * two prompts begin alike. Immutable.
 */
final class Words {
  private static final int COUNT = 1 << 17;

  /**
   * Words at the beginning that make a prompt new for a prefix cache: 64 to the power of 8
   * beginnings.
   */
  private static final int OWN_WORDS = 8;

  private static final String[] VOCABULARY =
      ("the of and to in is that for it as was with be by on not he his but at are this have from"
              + " or had an they which one you were her all she there would their we him been has"
              + " when who will more no if out so said what up its about into than them can only"
              + " other new some time")
          .split(" ", -1);

  private final byte[] text;
  private final int[] starts = new int[COUNT + 1];

  Words(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder all = new StringBuilder(COUNT * 5);
    for (int i = 0; i < COUNT; i++) {
      starts[i] = all.length();
      all.append(VOCABULARY[random.nextInt(VOCABULARY.length)]).append(' ');
    }
    starts[COUNT] = all.length();
    text = all.toString().getBytes(US_ASCII);
  }

  /**
   * Writes words.
   *
   * @param shared words at the beginning that every prompt shares
   */
  void write(ByteBuf out, int words, int shared, SplittableRandom random) {
    int same = Math.min(words, shared);
    piece(out, 0, same);
    int own = Math.min(words - same, OWN_WORDS);
    for (int i = 0; i < own; i++) {
      piece(out, random.nextInt(COUNT), 1);
    }
    piece(out, random.nextInt(COUNT), words - same - own);
  }

  private void piece(ByteBuf out, int from, int words) {
    int at = from;
    int left = words;
    while (left > 0) {
      int now = Math.min(left, COUNT - at);
      out.writeBytes(text, starts[at], starts[at + now] - starts[at]);
      left -= now;
      at = 0;
    }
  }
}
