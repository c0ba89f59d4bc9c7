package tayyar.jinja;

import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Python's operators, with whole numbers of 64 bits; a larger result is a fault. */
final class Arithmetic {
  private Arithmetic() {}

  static Object of(String sign, @Nullable Object a, @Nullable Object b) {
    if (Values.isNumber(a) && Values.isNumber(b)) {
      return numbers(sign, a, b);
    }
    Object result =
        switch (sign) {
          case "+" -> sum(a, b);
          case "*" -> Values.isNumber(a) ? repeated(b, a) : repeated(a, b);
          case "%" -> a instanceof Text text ? PercentFormat.apply(text, b) : null;
          default -> null;
        };
    if (result != null) {
      return result;
    }
    throw a instanceof Undefined undefined
        ? undefined.fault()
        : b instanceof Undefined undefined
            ? undefined.fault()
            : new Fault("'" + sign + "' can't be applied here");
  }

  static Object signed(String sign, @Nullable Object value) {
    if (value instanceof Double d) {
      return sign.equals("-") ? -d : d;
    }
    if (!Values.isNumber(value)) {
      throw value instanceof Undefined undefined
          ? undefined.fault()
          : new Fault("a sign stands before something that is no number");
    }
    long n = Values.whole(value);
    return sign.equals("-") ? exact("-", 0, n) : n;
  }

  private static Object numbers(String sign, @Nullable Object a, @Nullable Object b) {
    boolean whole = !(a instanceof Double) && !(b instanceof Double);
    if (sign.equals("**") && whole && Values.whole(b) >= 0) {
      return power(Values.whole(a), Values.whole(b));
    }
    if (sign.equals("**")) {
      return power(Values.number(a), Values.number(b));
    }
    if (!"+-*".contains(sign) && Values.number(b) == 0) {
      throw new Fault("a division by 0");
    }
    if (whole && !sign.equals("/")) {
      return exact(sign, Values.whole(a), Values.whole(b));
    }
    return fraction(sign, Values.number(a), Values.number(b));
  }

  private static long exact(String sign, long x, long y) {
    try {
      return switch (sign) {
        case "+" -> Math.addExact(x, y);
        case "-" -> Math.subtractExact(x, y);
        case "*" -> Math.multiplyExact(x, y);
        case "//" -> Math.floorDivExact(x, y);
        default -> Math.floorMod(x, y);
      };
    } catch (ArithmeticException e) {
      throw new Fault("a number becomes too large");
    }
  }

  private static double fraction(String sign, double x, double y) {
    return switch (sign) {
      case "+" -> x + y;
      case "-" -> x - y;
      case "*" -> x * y;
      case "/" -> x / y;
      case "//" -> floored(x, y);
      default -> modulo(x, y);
    };
  }

  private static double floored(double x, double y) {
    double whole = Math.floor((x - modulo(x, y)) / y + 0.5);
    return whole == 0 ? Math.copySign(0, x / y) : whole;
  }

  private static double modulo(double x, double y) {
    double rest = x % y;
    if (rest == 0) {
      return Math.copySign(0, y);
    }
    return rest < 0 != y < 0 ? rest + y : rest;
  }

  private static long power(long base, long exponent) {
    long result = 1;
    if (base == 0 || base == 1) {
      return exponent == 0 ? 1 : base;
    }
    if (base == -1) {
      return exponent % 2 == 0 ? 1 : -1;
    }
    for (long i = 0; i < exponent; i++) {
      result = exact("*", result, base);
    }
    return result;
  }

  private static double power(double base, double exponent) {
    if ((base == 0 && exponent < 0) || (base < 0 && exponent != Math.rint(exponent))) {
      throw new Fault("a power that is no number");
    }
    return Math.pow(base, exponent);
  }

  private static @Nullable Object sum(@Nullable Object a, @Nullable Object b) {
    if (a instanceof Text x && b instanceof Text y) {
      boolean markup = x.markup() || y.markup();
      return markup ? Html.escaped(x).plus(Html.escaped(y)).marked(true) : x.plus(y);
    }
    if (a instanceof Seq x
        && b instanceof Seq y
        && ((x.isList() && y.isList()) || (x.isTuple() && y.isTuple()))) {
      var both = new ArrayList<@Nullable Object>(x.all());
      both.addAll(y.all());
      return x.of(Seq.checked(both));
    }
    return null;
  }

  private static @Nullable Object repeated(@Nullable Object of, @Nullable Object count) {
    if (!(count instanceof Long || count instanceof Boolean)) {
      return null;
    }
    long times = Math.max(0, Values.whole(count));
    if (of instanceof Text text) {
      if (times * text.length() > TextBuilder.CHARS_MAX || times > Integer.MAX_VALUE) {
        throw new Fault("a text becomes too long");
      }
      var out = new TextBuilder();
      for (long i = 0; i < times && !text.isEmpty(); i++) {
        out.append(text);
      }
      return out.build().marked(text.markup());
    }
    if (of instanceof Seq seq && (seq.isList() || seq.isTuple())) {
      var all = new ArrayList<@Nullable Object>();
      for (long i = 0; i < times && seq.size() > 0; i++) {
        all.addAll(seq.all());
        Seq.checked(all);
      }
      return seq.of(all);
    }
    return null;
  }
}
