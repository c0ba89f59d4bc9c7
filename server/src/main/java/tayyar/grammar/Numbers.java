package tayyar.grammar;

import static tayyar.grammar.Piece.seq;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.grammar.Piece.Any;
import tayyar.grammar.Piece.Chars;
import tayyar.grammar.Piece.Text;
import tayyar.grammar.Piece.Times;

/** Numbers between two bounds, as digits. Fractions are written without an exponent. */
final class Numbers {
  /** Digits in front of the point where nothing bounds them. */
  private static final int DIGITS = 18;

  /** More digits behind the point than the bounds have. */
  private static final int FINER = 3;

  private static final int SCALE_MAX = 20;

  /**
   * What bounds a number; null is no bound.
   *
   * @param step a power of ten that it is a multiple of
   */
  record Bounds(
      @Nullable BigDecimal least,
      boolean above,
      @Nullable BigDecimal most,
      boolean below,
      @Nullable BigDecimal step) {}

  private final Bounds bounds;
  private final String where;

  private Numbers(Bounds bounds, String where) {
    this.bounds = bounds;
    this.where = where;
  }

  static Piece integers(Bounds bounds, String where) {
    var numbers = new Numbers(bounds, where);
    int zeros = bounds.step() == null ? 0 : Math.max(0, -bounds.step().scale());
    Piece signed = numbers.signed(-zeros);
    return signed;
  }

  static Piece decimals(Bounds bounds, String where) {
    var numbers = new Numbers(bounds, where);
    BigDecimal step = bounds.step();
    if (step != null && step.scale() <= 0) {
      return integers(bounds, where);
    }
    int finest = step != null ? step.scale() : numbers.finest();
    List<Piece> all = new ArrayList<>();
    for (int scale = 0; scale <= finest; scale++) {
      all.add(numbers.signed(scale));
    }
    if (step == null) {
      all.add(numbers.finer(finest));
    }
    return new Any(all);
  }

  private int finest() {
    int scale = Math.max(scale(bounds.least()), scale(bounds.most())) + FINER;
    if (scale > SCALE_MAX) {
      throw Faults.wrong(where, "has a bound with too many digits behind the point.");
    }
    return scale;
  }

  private static int scale(@Nullable BigDecimal bound) {
    return bound == null ? 0 : Math.max(0, bound.stripTrailingZeros().scale());
  }

  /** The least number in units of a scale; null is none. */
  private @Nullable BigInteger least(int scale) {
    BigDecimal bound = bounds.least();
    if (bound == null) {
      return null;
    }
    BigDecimal scaled = bound.movePointRight(scale);
    BigInteger up = scaled.setScale(0, RoundingMode.CEILING).toBigInteger();
    boolean on = bounds.above() && scaled.compareTo(new BigDecimal(up)) == 0;
    return on ? up.add(BigInteger.ONE) : up;
  }

  private @Nullable BigInteger most(int scale) {
    BigDecimal bound = bounds.most();
    if (bound == null) {
      return null;
    }
    BigDecimal scaled = bound.movePointRight(scale);
    BigInteger down = scaled.setScale(0, RoundingMode.FLOOR).toBigInteger();
    boolean on = bounds.below() && scaled.compareTo(new BigDecimal(down)) == 0;
    return on ? down.subtract(BigInteger.ONE) : down;
  }

  /** The numbers with so many digits behind the point; less than 0 is zeros before it. */
  private Piece signed(int scale) {
    BigInteger least = least(scale);
    BigInteger most = most(scale);
    List<Piece> all = new ArrayList<>();
    if (most == null || most.signum() >= 0) {
      BigInteger from = least == null ? BigInteger.ZERO : least.max(BigInteger.ZERO);
      all.add(digits(from, most, scale, false));
    }
    if (least == null || least.signum() < 0) {
      BigInteger from = most == null ? BigInteger.ONE : most.negate().max(BigInteger.ONE);
      all.add(seq("-", digits(from, least == null ? null : least.negate(), scale, false)));
    }
    return new Any(all);
  }

  /** The numbers with more digits behind the point than that. */
  private Piece finer(int scale) {
    BigInteger least = least(scale);
    BigInteger most = most(scale);
    List<Piece> all = new ArrayList<>();
    if (most == null || most.signum() > 0) {
      BigInteger from = least == null ? BigInteger.ZERO : least.max(BigInteger.ZERO);
      BigInteger to = most == null ? null : most.subtract(BigInteger.ONE);
      all.add(digits(from, to, scale, true));
    }
    if (least == null || least.signum() < 0) {
      BigInteger from = most == null ? BigInteger.ZERO : most.negate().max(BigInteger.ZERO);
      BigInteger to = least == null ? null : least.negate().subtract(BigInteger.ONE);
      all.add(seq("-", digits(from, to, scale, true)));
    }
    return new Any(all);
  }

  /**
   * The digits of whole numbers in units of a scale.
   *
   * @param most null is no bound but a number of digits
   * @param more whether further digits follow
   */
  private Piece digits(BigInteger least, @Nullable BigInteger most, int scale, boolean more) {
    int behind = Math.max(0, scale);
    Piece tail =
        more
            ? new Times(JsonPieces.DIGIT, 1, DIGITS - FINER)
            : scale < 0 ? new Text("0".repeat(-scale)) : Piece.EMPTY;
    int width = Math.max(DIGITS + behind, least.toString().length() + 1);
    BigInteger greatest = BigInteger.TEN.pow(width).subtract(BigInteger.ONE);
    BigInteger to = most == null ? greatest : most.min(greatest);
    List<Piece> all = new ArrayList<>();
    if (scale < 0 && least.signum() == 0) {
      all.add(new Text("0"));
    }
    BigInteger from = scale < 0 ? least.max(BigInteger.ONE) : least;
    if (from.compareTo(to) <= 0) {
      all.add(seq(lengths(padded(from, behind), padded(to, behind), behind), tail));
    }
    return new Any(all);
  }

  private static String padded(BigInteger number, int behind) {
    String digits = number.toString();
    return "0".repeat(Math.max(0, behind + 1 - digits.length())) + digits;
  }

  private static Piece lengths(String from, String to, int behind) {
    if (from.length() == to.length()) {
      return between(from, to, behind);
    }
    List<Piece> all = new ArrayList<>();
    all.add(between(from, "9".repeat(from.length()), behind));
    all.add(between("1" + "0".repeat(to.length() - 1), to, behind));
    int shortest = from.length() - behind;
    int longest = to.length() - 2 - behind;
    if (shortest <= longest) {
      all.add(
          seq(
              JsonPieces.FIRST_DIGIT,
              new Times(JsonPieces.DIGIT, shortest, longest),
              free(behind, behind)));
    }
    return new Any(all);
  }

  /** Any digits, with the point in front of the last {@code behind} of them. */
  private static Piece free(int count, int behind) {
    if (behind == 0 || count < behind) {
      return new Times(JsonPieces.DIGIT, count, count);
    }
    return seq(
        new Times(JsonPieces.DIGIT, count - behind, count - behind),
        ".",
        new Times(JsonPieces.DIGIT, behind, behind));
  }

  /** The texts of digits between two of the same length. */
  private static Piece between(String from, String to, int behind) {
    int left = from.length();
    if (left == 0) {
      return Piece.EMPTY;
    }
    Piece point = behind > 0 && left == behind ? new Text(".") : Piece.EMPTY;
    if (from.equals("0".repeat(left)) && to.equals("9".repeat(left))) {
      return free(left, behind);
    }
    char first = from.charAt(0);
    char last = to.charAt(0);
    String low = from.substring(1);
    String high = to.substring(1);
    if (first == last) {
      return seq(point, String.valueOf(first), between(low, high, behind));
    }
    List<Piece> all = new ArrayList<>();
    all.add(seq(String.valueOf(first), between(low, "9".repeat(left - 1), behind)));
    if (first + 1 < last) {
      Piece inner = new Chars(CharSet.of(first + 1, last - 1));
      all.add(seq(inner, free(left - 1, behind)));
    }
    all.add(seq(String.valueOf(last), between("0".repeat(left - 1), high, behind)));
    return seq(point, new Any(all));
  }
}
