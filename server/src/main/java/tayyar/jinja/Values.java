package tayyar.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operations that any value has. */
final class Values {
  private Values() {}

  /** A value as a template sees it, from one of Java's. */
  static @Nullable Object of(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case String text -> Text.of(text);
      case Integer n -> (long) n;
      case List<?> list -> {
        var all = new ArrayList<@Nullable Object>();
        list.forEach(item -> all.add(of(item)));
        yield Seq.list(all);
      }
      case Map<?, ?> map -> {
        var all = new Dict();
        map.forEach((key, item) -> all.put(of(key), of(item)));
        yield all;
      }
      case Text text -> text;
      case Boolean b -> b;
      case Long n -> n;
      case Double n -> n;
      default -> throw new IllegalArgumentException("no value of a template: " + value.getClass());
    };
  }

  static boolean truth(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Boolean b -> b;
      case Long n -> n != 0;
      case Double n -> n != 0;
      case Text text -> !text.isEmpty();
      case Seq seq -> seq.size() > 0;
      case Dict dict -> dict.size() > 0;
      case Undefined undefined -> false;
      default -> true;
    };
  }

  /** The items that a loop visits. */
  static List<@Nullable Object> items(@Nullable Object value) {
    return switch (value) {
      case Seq seq -> seq.all();
      case Text text -> characters(text);
      case Dict dict -> dict.keys().all();
      case Stream stream -> stream.drain();
      case Undefined undefined -> List.of();
      case null -> throw new Fault("none can't be looped over");
      default -> throw new Fault("something is looped over that has no items");
    };
  }

  private static List<@Nullable Object> characters(Text text) {
    var all = new ArrayList<@Nullable Object>();
    String chars = text.chars();
    for (int i = 0; i < chars.length(); ) {
      int next = i + Character.charCount(chars.codePointAt(i));
      all.add(text.sub(i, next));
      i = next;
    }
    return all;
  }

  static long length(@Nullable Object value) {
    return switch (value) {
      case Text text -> text.count();
      case Seq seq -> seq.size();
      case Dict dict -> dict.size();
      case Loop loop -> loop.length();
      case Undefined undefined -> 0;
      case null -> throw new Fault("none has no length");
      default -> throw new Fault("something is asked for its length that has none");
    };
  }

  static @Nullable Object call(@Nullable Object value, Arguments given) {
    if (value instanceof Callable callable) {
      return callable.call(given);
    }
    throw value instanceof Undefined undefined
        ? undefined.fault()
        : new Fault("something is called that is no function");
  }

  /** A number that must be whole. */
  static long whole(@Nullable Object value) {
    return switch (value) {
      case Long n -> n;
      case Boolean b -> b ? 1 : 0;
      case Undefined undefined -> throw undefined.fault();
      case null -> throw new Fault("none is no whole number");
      default -> throw new Fault("a whole number was expected");
    };
  }

  /** Whether it is a number; as in Python, booleans are numbers. */
  static boolean isNumber(@Nullable Object value) {
    return value instanceof Long || value instanceof Double || value instanceof Boolean;
  }

  static double number(@Nullable Object value) {
    return value instanceof Double d ? d : whole(value);
  }
}
