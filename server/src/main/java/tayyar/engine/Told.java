package tayyar.engine;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;

/**
 * What is told of an answer's tokens besides their text: it waits for the text of its token, which
 * may be held back or, in front of a stop string, never be shown. Belongs to the engine's thread.
 */
final class Told {
  /**
   * What is told of one token.
   *
   * @param at characters in front of it
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Entry(long at, byte[] json) {}

  private final ArrayDeque<Entry> waiting = new ArrayDeque<>(1);
  private final int best;
  private final boolean chat;
  private long come;
  private long shown;

  /**
   * Nothing waits yet.
   *
   * @param best how many of the likeliest are told of each place
   * @param chat false for the form of a completion
   */
  Told(int best, boolean chat) {
    this.best = best;
    this.chat = chat;
  }

  int best() {
    return best;
  }

  boolean chat() {
    return chat;
  }

  /** Characters in front of the next token; one that is cut counts once it is whole. */
  long come() {
    return come;
  }

  void add(byte[] entry) {
    waiting.add(new Entry(come, entry));
  }

  /**
   * A token's text has come.
   *
   * @param text what of all text can be shown now
   * @param held what is held back
   * @return the entries that go with the text; of tokens that begin in it, or before
   */
  byte[] with(byte[] text, byte[] held) {
    shown += characters(text);
    come = shown + characters(held);
    return upTo(shown);
  }

  /** A token of the text in front of the answer has so many characters. */
  void advance(long characters) {
    come += characters;
  }

  /** The text in front of the answer can be shown; returns the entries that go with it. */
  byte[] echo(long characters) {
    come = characters;
    shown = characters;
    return upTo(Long.MAX_VALUE);
  }

  /**
   * The answer is over.
   *
   * @param stopped whether what is held back is no part of it
   */
  byte[] rest(boolean stopped) {
    return stopped ? new byte[0] : upTo(Long.MAX_VALUE);
  }

  private byte[] upTo(long end) {
    var all = new ByteArrayOutputStream();
    while (!waiting.isEmpty() && waiting.getFirst().at() < end) {
      if (chat && all.size() > 0) {
        all.write(',');
      }
      all.writeBytes(waiting.removeFirst().json());
    }
    return all.toByteArray();
  }

  /** Counts the characters of a text as UTF-8. */
  static long characters(byte[] utf8) {
    long count = 0;
    for (byte b : utf8) {
      count += (b & 0xC0) == 0x80 ? 0 : 1;
    }
    return count;
  }
}
