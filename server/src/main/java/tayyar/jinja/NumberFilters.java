package tayyar.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The filters that make a number. */
final class NumberFilters {
  private NumberFilters() {}

  static void into(Map<String, Filter> all) {
    all.put("int", NumberFilters::whole);
    all.put("float", NumberFilters::fraction);
    all.put("abs", NumberFilters::absolute);
    all.put("round", NumberFilters::round);
    all.put("sum", NumberFilters::sum);
    all.put("length", NumberFilters::length);
    all.put("count", NumberFilters::length);
  }

  private static Object length(@Nullable Object value, Arguments given) {
    given.to();
    return Values.length(value);
  }

  private static @Nullable Object whole(@Nullable Object value, Arguments given) {
    Arguments.Bound bound = given.to("default", "base");
    Object usual = bound.get(0, 0L);
    if (value instanceof Text text) {
      Long whole = Numbers.whole(text.chars(), (int) bound.whole(1, 10));
      Double fraction = whole == null ? Numbers.fraction(text.chars()) : null;
      return whole != null
          ? whole
          : fraction == null || fraction.isNaN() || fraction.isInfinite()
              ? usual
              : (Object) truncated(fraction);
    }
    return switch (value) {
      case Double d when d.isNaN() -> usual;
      case Double d -> truncated(d);
      case Long n -> n;
      case Boolean b -> b ? 1L : 0L;
      case Undefined undefined -> throw undefined.fault();
      case null -> usual;
      default -> usual;
    };
  }

  private static long truncated(double value) {
    if (Math.abs(value) >= 0x1p63) {
      throw new Fault("a number is too large");
    }
    return (long) value;
  }

  private static @Nullable Object fraction(@Nullable Object value, Arguments given) {
    Object usual = given.to("default").get(0, 0.0);
    if (value instanceof Text text) {
      Double fraction = Numbers.fraction(text.chars());
      return fraction == null ? usual : fraction;
    }
    if (value instanceof Undefined undefined) {
      throw undefined.fault();
    }
    return Values.isNumber(value) ? (Object) Values.number(value) : usual;
  }

  private static Object absolute(@Nullable Object value, Arguments given) {
    given.to();
    if (value instanceof Double d) {
      return Math.abs(d);
    }
    long n = Values.whole(value);
    return n < 0 ? Arithmetic.signed("-", n) : n;
  }

  private static Object round(@Nullable Object value, Arguments given) {
    Arguments.Bound bound = given.to("precision", "method");
    long digits = bound.whole(0, 0);
    String method = bound.text(1, Text.of("common")).chars();
    if (!List.of("common", "ceil", "floor").contains(method) || Math.abs(digits) > 300) {
      throw new Fault("a number is rounded in a way that is not known");
    }
    if (!(value instanceof Double) && method.equals("common")) {
      return rounded(BigDecimal.valueOf(Values.whole(value)), (int) digits).longValue();
    }
    double number = Values.number(value);
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return number;
    }
    if (method.equals("common")) {
      double rounded = rounded(new BigDecimal(number), (int) digits).doubleValue();
      return Math.copySign(rounded, number);
    }
    double factor = Math.pow(10, (double) digits);
    double scaled = number * factor;
    return (method.equals("ceil") ? Math.ceil(scaled) + 0.0 : Math.floor(scaled)) / factor;
  }

  private static BigDecimal rounded(BigDecimal exact, int digits) {
    return exact.setScale(digits, RoundingMode.HALF_EVEN);
  }

  private static @Nullable Object sum(@Nullable Object value, Arguments given) {
    Arguments.Bound bound = given.to("attribute", "start");
    Object sum = bound.get(1, 0L);
    if (sum instanceof Text) {
      throw new Fault("texts are joined, not summed");
    }
    for (Object item : Values.items(value)) {
      sum = Arithmetic.of("+", sum, Filters.attribute(item, bound.get(0, null)));
    }
    return sum;
  }
}
