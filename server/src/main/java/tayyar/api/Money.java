package tayyar.api;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Amounts of money: whole numbers of billionths of the store's currency, read and written. */
public final class Money {
  /** Billionths of one unit of the currency. */
  public static final long NANOS = 1_000_000_000;

  /**
   * The largest amount that is moved or allowed at once: a billion units. Nine of them still fit
   * into a long, so that sums within the bound never overflow.
   */
  public static final long MAX = 1_000_000_000 * NANOS;

  private static final int DIGITS = 9;
  private static final int DIGITS_MAX = 100;
  private static final int SHOWN_DIGITS = 4;

  private Money() {}

  /**
   * Reads an amount such as {@code 12.5}; at most nine digits behind the point.
   *
   * @throws IllegalArgumentException with a sentence, where it is none or too large
   */
  public static long parse(String text) {
    try {
      BigDecimal given = new BigDecimal(text.strip());
      // A small text may stand for more digits than fit into memory.
      if (Math.abs((long) given.scale()) > DIGITS_MAX || given.precision() > DIGITS_MAX) {
        throw new ArithmeticException("too many digits");
      }
      return given.setScale(DIGITS, RoundingMode.UNNECESSARY).unscaledValue().longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + Clip.to(40, text) + "' is no amount; write one such as 12.50.", e);
    }
  }

  /** All of its digits, without zeros at the end: {@code 12.5}. For programs. */
  public static String exact(long nanos) {
    return BigDecimal.valueOf(nanos, DIGITS).stripTrailingZeros().toPlainString();
  }

  /** The same as a number. */
  public static BigDecimal number(long nanos) {
    return new BigDecimal(exact(nanos));
  }

  /** Four digits behind the point, the last one rounded half up: {@code 12.5000}. For people. */
  public static String shown(long nanos) {
    return BigDecimal.valueOf(nanos, DIGITS)
        .setScale(SHOWN_DIGITS, RoundingMode.HALF_UP)
        .toPlainString();
  }
}
