package tayyar.jinja;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All tests by their names. */
final class Tests {
  private static final Map<String, Test> ALL = new HashMap<>();

  /** A test. */
  @FunctionalInterface
  interface Test {
    boolean holds(@Nullable Object value, Arguments given);
  }

  static {
    ofKinds();
    ofValues();
    comparisons();
  }

  private Tests() {}

  /** The test of this name, or null. */
  static @Nullable Test find(String name) {
    return ALL.get(name);
  }

  /** The test that a template names by a value. */
  static Test named(@Nullable Object name) {
    Test test = name instanceof Text text ? ALL.get(text.chars()) : null;
    if (test == null) {
      throw new Fault("a test is named that is not known here");
    }
    return test;
  }

  private static void put(String name, Predicate<@Nullable Object> test) {
    ALL.put(
        name,
        (value, given) -> {
          given.to();
          return test.test(value);
        });
  }

  private static void ofKinds() {
    put("defined", value -> !(value instanceof Undefined));
    put("undefined", value -> value instanceof Undefined);
    put("none", value -> value == null);
    put("boolean", value -> value instanceof Boolean);
    put("true", value -> Boolean.TRUE.equals(value));
    put("false", value -> Boolean.FALSE.equals(value));
    put("integer", value -> value instanceof Long);
    put("float", value -> value instanceof Double);
    put("number", Values::isNumber);
    put("string", value -> value instanceof Text);
    put("mapping", value -> value instanceof Dict);
    put("sequence", Tests::sequence);
    put(
        "iterable",
        value ->
            value instanceof Text
                || value instanceof Seq
                || value instanceof Dict
                || value instanceof Stream
                || value instanceof Loop
                || value instanceof Undefined);
    put("callable", value -> value instanceof Callable || value instanceof Undefined);
    put("escaped", value -> value instanceof Text text && text.markup());
    put("filter", value -> Filters.find(name(value)) != null);
    put("test", value -> find(name(value)) != null);
  }

  private static String name(@Nullable Object value) {
    return Dict.canonical(value) instanceof Text name ? name.chars() : "";
  }

  private static boolean sequence(@Nullable Object value) {
    return value instanceof Text
        || value instanceof Dict
        || value instanceof Undefined
        || (value instanceof Seq seq && seq.hasPlaces());
  }

  private static void ofValues() {
    put("lower", value -> TextCases.isLower(Shown.text(value).chars()));
    put("upper", value -> TextCases.isUpper(Shown.text(value).chars()));
    put("even", value -> rest(value, 2L) == 0);
    put("odd", value -> rest(value, 2L) == 1);
    ALL.put("divisibleby", (value, given) -> rest(value, given.to("num").get(0)) == 0);
    ALL.put("in", (value, given) -> Comparison.contains(given.to("seq").get(0), value));
    ALL.put("sameas", (value, given) -> same(value, given.to("other").get(0)));
  }

  private static double rest(@Nullable Object value, @Nullable Object by) {
    return Values.number(Arithmetic.of("%", value, by));
  }

  /** Whether both are the same object: small numbers and constants are, as in Python. */
  @SuppressWarnings("ReferenceEquality") // That is the question.
  private static boolean same(@Nullable Object a, @Nullable Object b) {
    boolean small = a instanceof Long n && n >= -5 && n <= 256;
    boolean constant = small || a instanceof Boolean || a instanceof Text;
    return a == b || (constant && Objects.equals(a, b));
  }

  private static void comparisons() {
    compare("==", "==", "eq", "equalto");
    compare("!=", "!=", "ne");
    compare(">", ">", "gt", "greaterthan");
    compare(">=", ">=", "ge");
    compare("<", "<", "lt", "lessthan");
    compare("<=", "<=", "le");
  }

  private static void compare(String sign, String... names) {
    for (String name : names) {
      ALL.put(name, (value, given) -> Comparison.holds(sign, value, given.to("other").get(0)));
    }
  }
}
