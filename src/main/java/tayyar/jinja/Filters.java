package tayyar.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.jinja.Template.Callable;
import tayyar.jinja.Template.Fault;

/** The filters, tests and methods that chat templates use. */
final class Filters {
  private Filters() {}

  static @Nullable Object filter(
      String name,
      @Nullable Object value,
      List<@Nullable Object> arguments,
      Map<String, @Nullable Object> named) {
    return switch (name) {
      case "trim" -> strip(text(value), arguments, true, true);
      case "upper" -> text(value).toUpperCase(Locale.ROOT);
      case "lower" -> text(value).toLowerCase(Locale.ROOT);
      case "capitalize" -> capital(text(value));
      case "title" -> title(text(value));
      case "string" -> Values.string(value);
      case "safe", "e", "escape" -> value;
      case "int" -> whole(value);
      case "float" -> number(value);
      case "abs" -> value instanceof Long n ? (Object) Math.abs(n) : Math.abs(number(value));
      case "length", "count" -> length(value);
      case "first" -> first(Values.items(value));
      case "last" -> first(Values.items(value).reversed());
      case "list" -> new ArrayList<>(Values.items(value));
      case "reverse" -> Values.items(value).reversed();
      case "unique" -> Values.items(value).stream().distinct().toList();
      case "sort" -> Values.items(value).stream().map(Values::string).sorted().toList();
      case "items" -> pairs(value);
      case "dictsort" -> sortedPairs(value);
      case "join" -> join(value, arguments);
      case "replace" -> text(value).replace(text(at(arguments, 0)), text(at(arguments, 1)));
      case "default", "d" -> orDefault(value, arguments, named);
      case "tojson" -> Json.json(value, indent(arguments, named));
      case "indent" -> indented(text(value), arguments, named);
      case "map" -> map(value, arguments, named);
      case "select", "reject" -> select(name, value, arguments);
      case "selectattr", "rejectattr" -> selectByMember(name, value, arguments);
      default -> throw new Fault("the filter '" + name + "' is not known here");
    };
  }

  private static String text(@Nullable Object value) {
    return Values.string(value);
  }

  private static @Nullable Object at(List<@Nullable Object> arguments, int i) {
    return i < arguments.size() ? arguments.get(i) : Values.UNDEFINED;
  }

  private static String strip(
      String text, List<@Nullable Object> arguments, boolean left, boolean right) {
    String chars = arguments.isEmpty() ? "" : text(arguments.getFirst());
    int from = 0;
    int to = text.length();
    while (left && from < to && strips(text.charAt(from), chars)) {
      from++;
    }
    while (right && to > from && strips(text.charAt(to - 1), chars)) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean strips(char c, String chars) {
    return chars.isEmpty() ? Character.isWhitespace(c) || c == '\u00A0' : chars.indexOf(c) >= 0;
  }

  private static String capital(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT)
            + text.substring(1).toLowerCase(Locale.ROOT);
  }

  private static String title(String text) {
    var out = new StringBuilder(text);
    boolean inside = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.setCharAt(i, inside ? Character.toLowerCase(c) : Character.toUpperCase(c));
      inside = Character.isLetter(c);
    }
    return out.toString();
  }

  private static double number(@Nullable Object value) {
    return value instanceof Number n ? n.doubleValue() : Double.parseDouble(text(value));
  }

  private static Object whole(@Nullable Object value) {
    if (value instanceof Number n) {
      return n.longValue();
    }
    try {
      return Long.valueOf(text(value).strip());
    } catch (NumberFormatException e) {
      return 0L;
    }
  }

  private static Object length(@Nullable Object value) {
    return value instanceof String text
        ? (long) text.codePointCount(0, text.length())
        : value instanceof Map<?, ?> map ? (long) map.size() : (long) Values.items(value).size();
  }

  private static @Nullable Object first(List<?> all) {
    return all.isEmpty() ? Values.UNDEFINED : all.getFirst();
  }

  private static List<?> pairs(@Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new Fault("'items' is asked of something that is no mapping");
    }
    return map.entrySet().stream().map(e -> Arrays.asList(e.getKey(), e.getValue())).toList();
  }

  private static List<?> sortedPairs(@Nullable Object value) {
    Comparator<Object> byName = Comparator.comparing(pair -> key(pair).toLowerCase(Locale.ROOT));
    return pairs(value).stream().sorted(byName).toList();
  }

  private static String key(Object pair) {
    return text(Values.items(pair).getFirst());
  }

  private static String join(@Nullable Object value, List<@Nullable Object> arguments) {
    String between = arguments.isEmpty() ? "" : text(arguments.getFirst());
    return String.join(between, Values.items(value).stream().map(Values::string).toList());
  }

  private static @Nullable Object orDefault(
      @Nullable Object value,
      List<@Nullable Object> arguments,
      Map<String, @Nullable Object> named) {
    Object otherwise =
        named.containsKey("default_value") ? named.get("default_value") : at(arguments, 0);
    boolean falseToo = Values.truth(at(arguments, 1)) || Values.truth(named.get("boolean"));
    boolean missing = value == Values.UNDEFINED || (falseToo && !Values.truth(value));
    return missing ? otherwise == Values.UNDEFINED ? "" : otherwise : value;
  }

  private static int indent(List<@Nullable Object> arguments, Map<String, @Nullable Object> named) {
    Object indent = named.containsKey("indent") ? named.get("indent") : at(arguments, 0);
    return indent instanceof Long n && n >= 0 && n <= 64 ? n.intValue() : -1;
  }

  private static String indented(
      String text, List<@Nullable Object> arguments, Map<String, @Nullable Object> named) {
    int width = at(arguments, 0) instanceof Long n ? Math.clamp(n, 0, 64) : 4;
    boolean first = Values.truth(at(arguments, 1)) || Values.truth(named.get("first"));
    String blanks = " ".repeat(width);
    return (first ? blanks : "") + text.replaceAll("\n(?=[^\n])", "\n" + blanks);
  }

  /** Filters over many items take what is empty or none as no items. */
  private static List<?> itemsOrNone(@Nullable Object value) {
    return Values.truth(value) ? Values.items(value) : List.of();
  }

  private static List<?> map(
      @Nullable Object value,
      List<@Nullable Object> arguments,
      Map<String, @Nullable Object> named) {
    List<@Nullable Object> out = new ArrayList<>();
    for (Object item : itemsOrNone(value)) {
      if (named.containsKey("attribute")) {
        out.add(Values.member(item, text(named.get("attribute"))));
      } else {
        List<@Nullable Object> rest = arguments.subList(1, arguments.size());
        out.add(filter(text(arguments.getFirst()), item, rest, Map.of()));
      }
    }
    return out;
  }

  private static List<?> select(
      String name, @Nullable Object value, List<@Nullable Object> arguments) {
    boolean wanted = name.equals("select");
    List<@Nullable Object> out = new ArrayList<>();
    for (Object item : itemsOrNone(value)) {
      boolean holds =
          arguments.isEmpty()
              ? Values.truth(item)
              : test(text(arguments.getFirst()), item, arguments.subList(1, arguments.size()));
      if (holds == wanted) {
        out.add(item);
      }
    }
    return out;
  }

  private static List<?> selectByMember(
      String name, @Nullable Object value, List<@Nullable Object> arguments) {
    boolean wanted = name.equals("selectattr");
    List<@Nullable Object> out = new ArrayList<>();
    for (Object item : itemsOrNone(value)) {
      Object member = Values.member(item, text(at(arguments, 0)));
      boolean holds =
          arguments.size() < 2
              ? Values.truth(member)
              : test(text(arguments.get(1)), member, arguments.subList(2, arguments.size()));
      if (holds == wanted) {
        out.add(item);
      }
    }
    return out;
  }

  static boolean test(String name, @Nullable Object value, List<@Nullable Object> arguments) {
    return switch (name) {
      case "defined" -> value != Values.UNDEFINED;
      case "undefined" -> value == Values.UNDEFINED;
      case "none" -> value == null;
      case "string" -> value instanceof String;
      case "boolean" -> value instanceof Boolean;
      case "number" -> value instanceof Number;
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "mapping" -> value instanceof Map;
      case "sequence", "iterable" ->
          value instanceof List || value instanceof String || value instanceof Map;
      case "callable" -> value instanceof Callable;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "even" -> value instanceof Long n && n % 2 == 0;
      case "odd" -> value instanceof Long n && n % 2 != 0;
      case "equalto", "eq", "sameas" -> Values.equal(value, at(arguments, 0));
      case "ne" -> !Values.equal(value, at(arguments, 0));
      case "in" -> Values.contains(at(arguments, 0), value);
      case "divisibleby" ->
          value instanceof Long n && at(arguments, 0) instanceof Long d && n % d == 0;
      default -> throw new Fault("the test '" + name + "' is not known here");
    };
  }

  static @Nullable Object method(
      String name, @Nullable Object of, List<@Nullable Object> arguments) {
    if (of instanceof String text) {
      return textMethod(name, text, arguments);
    }
    if (of instanceof Map<?, ?> map) {
      return switch (name) {
        case "items" -> pairs(map);
        case "keys" -> List.copyOf(map.keySet());
        case "values" -> new ArrayList<>(map.values());
        case "get" -> {
          String key = text(at(arguments, 0));
          Object otherwise = arguments.size() > 1 ? arguments.get(1) : null;
          yield map.containsKey(key) ? map.get(key) : otherwise;
        }
        default -> throw new Fault("'" + name + "' is asked of a mapping");
      };
    }
    throw new Fault("'" + name + "' is asked of something that does not have it");
  }

  private static Object textMethod(String name, String text, List<@Nullable Object> arguments) {
    return switch (name) {
      case "strip" -> strip(text, arguments, true, true);
      case "lstrip" -> strip(text, arguments, true, false);
      case "rstrip" -> strip(text, arguments, false, true);
      case "upper" -> text.toUpperCase(Locale.ROOT);
      case "lower" -> text.toLowerCase(Locale.ROOT);
      case "capitalize" -> capital(text);
      case "title" -> title(text);
      case "startswith" -> text.startsWith(text(at(arguments, 0)));
      case "endswith" -> text.endsWith(text(at(arguments, 0)));
      case "replace" -> text.replace(text(at(arguments, 0)), text(at(arguments, 1)));
      case "find" -> (long) text.indexOf(text(at(arguments, 0)));
      case "count" -> (long) split(text, text(at(arguments, 0)), -1).size() - 1;
      case "split" -> split(text, arguments);
      case "join" -> join(at(arguments, 0), List.of(text));
      default -> throw new Fault("'" + name + "' is asked of a text");
    };
  }

  private static List<String> split(String text, List<@Nullable Object> arguments) {
    int most = at(arguments, 1) instanceof Long n ? Math.clamp(n, -1, 1_000_000) : -1;
    if (arguments.isEmpty() || arguments.getFirst() == null) {
      String trimmed = text.strip();
      return trimmed.isEmpty() ? List.of() : List.of(trimmed.split("\\s+", -1));
    }
    return split(text, text(arguments.getFirst()), most);
  }

  private static List<String> split(String text, String between, int most) {
    if (between.isEmpty()) {
      throw new Fault("a text is split at nothing");
    }
    var pieces = new ArrayList<String>();
    int from = 0;
    for (int at = text.indexOf(between);
        at >= 0 && (most < 0 || pieces.size() < most);
        at = text.indexOf(between, from)) {
      pieces.add(text.substring(from, at));
      from = at + between.length();
    }
    pieces.add(text.substring(from));
    return pieces;
  }
}
