package tayyar.jinja;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The methods that values of Python's own types have. */
final class Methods {
  /** Stands for Python's none where null means that nothing was found. */
  enum Absent {
    /** The only one. */
    NONE
  }

  private static final Set<String> OF_NUMBERS =
      Set.of(
          "real",
          "imag",
          "numerator",
          "denominator",
          "conjugate",
          "bit_length",
          "bit_count",
          "as_integer_ratio",
          "is_integer",
          "hex",
          "fromhex",
          "to_bytes",
          "from_bytes");
  private static final Set<String> CHANGING_LISTS =
      Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
  private static final Set<String> CHANGING_MAPPINGS =
      Set.of("clear", "pop", "popitem", "setdefault", "update");

  private Methods() {}

  /** The method of this name bound to its value, or null. */
  static @Nullable Object find(@Nullable Object of, String name) {
    return switch (of) {
      case Text text -> TextMethods.find(text, name);
      case Dict dict -> ofMapping(dict, name);
      case Seq seq -> ofSequence(seq, name);
      case null -> null;
      default -> {
        if (Values.isNumber(of) && OF_NUMBERS.contains(name)) {
          throw new Fault("'" + name + "' is not known here");
        }
        yield null;
      }
    };
  }

  /** A method that Python has and this interpreter lacks. */
  static Callable unknown(String name) {
    return given -> {
      throw new Fault("'" + name + "' is not known here");
    };
  }

  private static @Nullable Object ofMapping(Dict dict, String name) {
    if (CHANGING_MAPPINGS.contains(name)) {
      return new Undefined("'" + name + "' would change a mapping");
    }
    Callable method =
        switch (name) {
          case "items" -> given -> none(given, dict.items());
          case "keys" -> given -> none(given, dict.keys());
          case "values" -> given -> none(given, dict.values());
          case "copy" -> given -> none(given, dict);
          case "get" ->
              given -> {
                Arguments.Bound bound = given.only("key", "default");
                Dict.Entry entry = dict.find(bound.get(0));
                return entry == null ? bound.get(1, null) : entry.value();
              };
          case "fromkeys" -> unknown(name);
          default -> null;
        };
    return method;
  }

  private static Object none(Arguments given, Object result) {
    given.to();
    return result;
  }

  private static @Nullable Object ofSequence(Seq seq, String name) {
    if (seq.isList() && CHANGING_LISTS.contains(name)) {
      return new Undefined("'" + name + "' would change a list");
    }
    if (seq.kind() == Seq.Kind.GROUP && name.equals("grouper")) {
      Object grouper = seq.all().getFirst();
      return grouper == null ? Absent.NONE : grouper;
    }
    if (seq.kind() == Seq.Kind.GROUP && name.equals("list")) {
      return seq.all().getLast();
    }
    if (!seq.hasPlaces()) {
      return name.equals("isdisjoint") || name.equals("mapping") ? unknown(name) : null;
    }
    Callable method =
        switch (name) {
          case "count" -> given -> count(seq.all(), given.only("value").get(0));
          case "index" -> given -> index(seq.all(), given.only("value", "start", "stop"));
          case "copy" -> seq.isList() ? given -> none(given, seq) : null;
          case "start", "stop", "step" -> seq.kind() == Seq.Kind.RANGE ? unknown(name) : null;
          default -> null;
        };
    return method;
  }

  private static Object count(List<@Nullable Object> all, @Nullable Object value) {
    return all.stream().filter(item -> Comparison.equal(item, value)).count();
  }

  private static Object index(List<@Nullable Object> all, Arguments.Bound given) {
    int size = all.size();
    long start = given.whole(1, 0);
    long stop = given.whole(2, size);
    for (long i = Math.max(0, start < 0 ? start + size : start);
        i < Math.min(size, stop < 0 ? stop + size : stop);
        i++) {
      if (Comparison.equal(all.get((int) i), given.get(0))) {
        return i;
      }
    }
    throw new Fault("a list does not hold what is looked for");
  }
}
