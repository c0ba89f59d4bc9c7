package tayyar.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Equality and order as Python has them. */
final class Comparison {
  private Comparison() {}

  static boolean holds(String sign, @Nullable Object a, @Nullable Object b) {
    return switch (sign) {
      case "==" -> equal(a, b);
      case "!=" -> !equal(a, b);
      case "in" -> contains(b, a);
      case "not in" -> !contains(b, a);
      default -> ordered(sign, a, b);
    };
  }

  private static boolean ordered(String sign, @Nullable Object a, @Nullable Object b) {
    if (notANumber(a) || notANumber(b)) {
      order(a, b);
      return false;
    }
    int order = order(a, b);
    return switch (sign) {
      case "<" -> order < 0;
      case ">" -> order > 0;
      case "<=" -> order <= 0;
      default -> order >= 0;
    };
  }

  private static boolean notANumber(@Nullable Object value) {
    return value instanceof Double d && d.isNaN();
  }

  static boolean contains(@Nullable Object all, @Nullable Object item) {
    return switch (all) {
      case Text text when item instanceof Text part -> text.chars().contains(part.chars());
      case Text text ->
          throw item instanceof Undefined undefined
              ? undefined.fault()
              : new Fault("only a text can be in a text");
      case Dict dict -> dict.find(item) != null;
      case null -> throw new Fault("none holds nothing");
      default -> Values.items(all).stream().anyMatch(one -> equal(one, item));
    };
  }

  static boolean equal(@Nullable Object a, @Nullable Object b) {
    if (a == null) {
      return b == null;
    }
    if (Values.isNumber(a) && Values.isNumber(b)) {
      boolean whole = !(a instanceof Double) && !(b instanceof Double);
      return whole ? Values.whole(a) == Values.whole(b) : Values.number(a) == Values.number(b);
    }
    return switch (a) {
      case Text x -> x.equals(b);
      case Seq x -> (b instanceof Seq y) && sameKind(x, y) && equal(x.all(), y.all());
      case Dict x -> b instanceof Dict y && equal(x, y);
      case Undefined x -> b instanceof Undefined;
      default -> a.equals(b);
    };
  }

  private static boolean sameKind(Seq a, Seq b) {
    return a.kind() == b.kind() || (a.isTuple() && b.isTuple());
  }

  private static boolean equal(List<@Nullable Object> a, List<@Nullable Object> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!equal(a.get(i), b.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean equal(Dict a, Dict b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (Dict.Entry entry : a.entries()) {
      Dict.Entry other = b.find(entry.key());
      if (other == null || !equal(entry.value(), other.value())) {
        return false;
      }
    }
    return true;
  }

  /**
   * Compares two values.
   *
   * @throws Fault if the two have no order
   */
  static int order(@Nullable Object a, @Nullable Object b) {
    if (Values.isNumber(a) && Values.isNumber(b)) {
      return a instanceof Double || b instanceof Double
          ? Double.compare(Values.number(a) + 0.0, Values.number(b) + 0.0)
          : Long.compare(Values.whole(a), Values.whole(b));
    }
    if (a instanceof Text x && b instanceof Text y) {
      return byCodePoint(x.chars(), y.chars());
    }
    if (a instanceof Seq x && b instanceof Seq y && sameKind(x, y) && (x.isList() || x.isTuple())) {
      return order(x.all(), y.all());
    }
    throw a instanceof Undefined undefined
        ? undefined.fault()
        : b instanceof Undefined undefined
            ? undefined.fault()
            : new Fault("two values can't be compared");
  }

  private static int order(List<@Nullable Object> a, List<@Nullable Object> b) {
    for (int i = 0; i < a.size() && i < b.size(); i++) {
      if (!equal(a.get(i), b.get(i))) {
        return order(a.get(i), b.get(i));
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  /**
   * Compares by code points. Java's own order is that of UTF-16, which places U+E000 to U+FFFF
   * elsewhere.
   */
  private static int byCodePoint(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      if (a.charAt(i) != b.charAt(i)) {
        return Integer.compare(a.codePointAt(i), b.codePointAt(i));
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
