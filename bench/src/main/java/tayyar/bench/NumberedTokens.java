package tayyar.bench;

import java.util.function.LongConsumer;

/**
 * Reads an answer whose tokens are the numbers 0, 1, 2 ... with a space behind each, however it was
 * cut or merged on its way, and counts those that are missing or doubled. A stamp of the time of
 * writing may follow a number, and then a word: {@code 17@NANOS~WORD}. One thread.
 */
final class NumberedTokens {
  private static final int NONE = -1;
  private static final int DIGITS_MAX = 9;
  private static final int STAMP_DIGITS_MAX = 18;

  private final LongConsumer written;
  private int number = NONE;
  private int digits;
  private boolean inStamp;
  private boolean inWord;

  /** A clock's own zero may lie ahead of a time. */
  private boolean negative;

  private long stamp;
  private int next;
  private int lost;
  private int doubled;
  private int strange;

  /**
   * @param written told the stamp of each whole number that has one
   */
  NumberedTokens(LongConsumer written) {
    this.written = written;
  }

  void feed(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = bytes[i];
      if (inWord && b != ' ') {
        continue;
      }
      boolean digit = b >= '0' && b <= '9';
      if (digit && !inStamp && digits < DIGITS_MAX) {
        number = (number == NONE ? 0 : number * 10) + (b - '0');
        digits++;
      } else if (digit && inStamp && digits < STAMP_DIGITS_MAX) {
        stamp = stamp * 10 + (b - '0');
        digits++;
      } else if (b == '@' && number != NONE && !inStamp) {
        inStamp = true;
        digits = 0;
      } else if (b == '-' && inStamp && digits == 0 && !negative) {
        negative = true;
      } else if (b == '~' && number != NONE) {
        inWord = true;
      } else if (b == ' ' && number != NONE) {
        take();
      } else {
        strange++;
      }
    }
  }

  private void take() {
    if (number < next) {
      doubled++;
    } else {
      lost += number - next;
      next = number + 1;
    }
    if (inStamp) {
      written.accept(negative ? -stamp : stamp);
    }
    stamp = 0;
    inStamp = false;
    negative = false;
    inWord = false;
    number = NONE;
    digits = 0;
  }

  /** The count of numbers expected up to the highest seen. */
  int count() {
    return next;
  }

  /** The count of numbers below the highest that never came. */
  int lost() {
    return lost;
  }

  /** The count of numbers that came again, or behind a higher one. */
  int doubled() {
    return doubled;
  }

  /** The count of bytes that are no part of a number, those of a cut number at the end included. */
  int strange() {
    return strange + (number == NONE ? 0 : 1);
  }
}
