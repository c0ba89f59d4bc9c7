package tayyar.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tayyar.jinja.Template.Fault;

/**
 * What values mean in a template: texts are strings, numbers are longs or doubles, none is null,
 * and what was never set is {@link #UNDEFINED}, which prints as nothing.
 */
final class Values {
  private static final int ITEMS_MAX = 1_000_000;

  /** The value of a name that was never set. */
  enum Undefined {
    /** The only one. */
    UNDEFINED;

    @Override
    public String toString() {
      return "";
    }
  }

  static final Undefined UNDEFINED = Undefined.UNDEFINED;

  private Values() {}

  /** A number as it is written. */
  static Object number(String text) {
    try {
      return text.contains(".") ? (Object) Double.valueOf(text) : (Object) Long.valueOf(text);
    } catch (NumberFormatException e) {
      throw new Fault("the number " + text + " is too large");
    }
  }

  static boolean truth(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Boolean b -> b;
      case String s -> !s.isEmpty();
      case Long n -> n != 0;
      case Double n -> n != 0;
      case List<?> list -> !list.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      default -> value != UNDEFINED;
    };
  }

  /** As Python prints it. */
  static String string(@Nullable Object value) {
    return switch (value) {
      case null -> "None";
      case Boolean b -> b ? "True" : "False";
      case String s -> s;
      case List<?> list -> Json.python(list);
      case Map<?, ?> map -> Json.python(map);
      default -> value.toString();
    };
  }

  /** What a loop goes over. */
  static List<?> items(@Nullable Object value) {
    return switch (value) {
      case null -> throw new Fault("none can't be looped over");
      case List<?> list -> list;
      case Map<?, ?> map -> List.copyOf(map.keySet());
      case String s -> s.codePoints().mapToObj(Character::toString).toList();
      default -> {
        if (value == UNDEFINED) {
          yield List.of();
        }
        throw new Fault("this can't be looped over");
      }
    };
  }

  static @Nullable Object member(@Nullable Object of, String name) {
    if (of instanceof Map<?, ?> map) {
      return map.containsKey(name) ? map.get(name) : UNDEFINED;
    }
    if (of == UNDEFINED) {
      throw new Fault("'" + name + "' is asked of something that is not there");
    }
    return UNDEFINED;
  }

  static @Nullable Object subscript(@Nullable Object of, @Nullable Object index) {
    if (of instanceof List<?> list && index instanceof Long n) {
      long i = n < 0 ? n + list.size() : n;
      return i >= 0 && i < list.size() ? list.get((int) i) : UNDEFINED;
    }
    if (of instanceof String text && index instanceof Long n) {
      long i = n < 0 ? n + text.length() : n;
      return i >= 0 && i < text.length() ? text.substring((int) i, (int) i + 1) : UNDEFINED;
    }
    return member(of, string(index));
  }

  static Object slice(
      @Nullable Object of, @Nullable Object from, @Nullable Object to, @Nullable Object step) {
    boolean text = of instanceof String;
    List<?> all = items(of);
    long by = step instanceof Long n ? n : 1;
    if (by == 0) {
      throw new Fault("a slice can't step by 0");
    }
    int size = all.size();
    long first = from instanceof Long n ? clamp(n, size, by) : by > 0 ? 0 : size - 1;
    long last = to instanceof Long n ? clamp(n, size, by) : by > 0 ? size : -1;
    var some = new ArrayList<@Nullable Object>();
    for (long i = first; by > 0 ? i < last : i > last; i += by) {
      some.add(all.get((int) i));
    }
    return text ? String.join("", some.stream().map(Values::string).toList()) : some;
  }

  private static long clamp(long n, int size, long by) {
    long i = n < 0 ? n + size : n;
    return by > 0 ? Math.clamp(i, 0, size) : Math.clamp(i, -1, size - 1L);
  }

  /** Sets a member of a namespace. */
  @SuppressWarnings("unchecked")
  static void assign(@Nullable Object of, String name, @Nullable Object value) {
    if (!(of instanceof Map<?, ?> map)) {
      throw new Fault("'" + name + "' is set in something that is no namespace");
    }
    ((Map<String, @Nullable Object>) map).put(name, value);
  }

  static boolean contains(@Nullable Object all, @Nullable Object item) {
    return switch (all) {
      case null -> throw new Fault("none holds nothing");
      case String text -> text.contains(string(item));
      case Map<?, ?> map -> map.containsKey(string(item));
      case List<?> list -> list.stream().anyMatch(one -> equal(one, item));
      default -> false;
    };
  }

  static boolean equal(@Nullable Object a, @Nullable Object b) {
    if (a instanceof Number x && b instanceof Number y) {
      return x.doubleValue() == y.doubleValue();
    }
    return Objects.equals(a, b);
  }

  static boolean compare(String sign, @Nullable Object a, @Nullable Object b) {
    return switch (sign) {
      case "==" -> equal(a, b);
      case "!=" -> !equal(a, b);
      case "<" -> order(a, b) < 0;
      case ">" -> order(a, b) > 0;
      case "<=" -> order(a, b) <= 0;
      default -> order(a, b) >= 0;
    };
  }

  private static int order(@Nullable Object a, @Nullable Object b) {
    if (a instanceof Number x && b instanceof Number y) {
      return Double.compare(x.doubleValue(), y.doubleValue());
    }
    if (a instanceof String x && b instanceof String y) {
      return x.compareTo(y);
    }
    throw new Fault("two values can't be compared");
  }

  static Object arithmetic(String sign, @Nullable Object a, @Nullable Object b) {
    if (sign.equals("~")) {
      return joined(string(a), string(b));
    }
    if (a instanceof Long x && b instanceof Long y && !sign.equals("/")) {
      return whole(sign, x, y);
    }
    if (a instanceof Number x && b instanceof Number y) {
      return fraction(sign, x.doubleValue(), y.doubleValue());
    }
    if (sign.equals("+") && a instanceof String x && b instanceof String y) {
      return joined(x, y);
    }
    if (sign.equals("+") && a instanceof List<?> x && b instanceof List<?> y) {
      if (x.size() + y.size() > ITEMS_MAX) {
        throw new Fault("a list becomes too long");
      }
      var both = new ArrayList<@Nullable Object>(x);
      both.addAll(y);
      return both;
    }
    if (sign.equals("*")
        && a instanceof String x
        && b instanceof Long n
        && n < 100_000
        && n * x.length() < 100_000) {
      return x.repeat((int) Math.max(0, n));
    }
    throw new Fault("'" + sign + "' can't be applied here");
  }

  private static String joined(String a, String b) {
    if (a.length() + b.length() > Template.CHARS_MAX) {
      throw new Fault("a text becomes too long");
    }
    return a + b;
  }

  private static Object whole(String sign, long x, long y) {
    if (y == 0 && (sign.equals("//") || sign.equals("%"))) {
      throw new Fault("a division by 0");
    }
    return switch (sign) {
      case "+" -> x + y;
      case "-" -> x - y;
      case "*" -> x * y;
      case "//" -> Math.floorDiv(x, y);
      default -> Math.floorMod(x, y);
    };
  }

  private static Object fraction(String sign, double x, double y) {
    return switch (sign) {
      case "+" -> x + y;
      case "-" -> x - y;
      case "*" -> x * y;
      case "/" -> x / y;
      case "//" -> Math.floor(x / y);
      default -> x - y * Math.floor(x / y);
    };
  }
}
