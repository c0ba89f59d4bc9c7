package tayyar.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A call's arguments. Through {@code **}, names too may come from a message. */
record Arguments(List<@Nullable Object> plain, Map<Text, @Nullable Object> named) {
  static final Arguments NONE = new Arguments(List.of(), Map.of());

  /**
   * Puts each argument into its parameter's place.
   *
   * @throws Fault if there are more than parameters, or one has no such name
   */
  Bound to(String... parameters) {
    if (plain.size() > parameters.length) {
      throw new Fault("more than " + parameters.length + " arguments were given");
    }
    List<String> names = List.of(parameters);
    var values = new @Nullable Object[parameters.length];
    var given = new boolean[parameters.length];
    for (int i = 0; i < plain.size(); i++) {
      values[i] = plain.get(i);
      given[i] = true;
    }
    named.forEach(
        (name, value) -> {
          int place = names.indexOf(name.chars());
          if (place < 0 || given[place]) {
            throw new Fault("the argument " + name.quoted() + " was not expected");
          }
          values[place] = value;
          given[place] = true;
        });
    return new Bound(names, values, given);
  }

  /** Puts each argument into its parameter's place where arguments can't be named. */
  Bound only(String... parameters) {
    if (!named.isEmpty()) {
      throw new Fault("arguments can't be named here");
    }
    return to(parameters);
  }

  /** These arguments and one more. */
  Arguments and(String name, @Nullable Object value) {
    var more = new LinkedHashMap<Text, @Nullable Object>(named);
    more.put(Text.of(name), value);
    return new Arguments(plain, more);
  }

  /** Arguments in their parameters' places. */
  static final class Bound {
    private final List<String> names;
    private final @Nullable Object[] values;
    private final boolean[] given;

    private Bound(List<String> names, @Nullable Object[] values, boolean[] given) {
      this.names = names;
      this.values = values;
      this.given = given;
    }

    boolean has(int place) {
      return given[place];
    }

    /** Whether the argument was given and is not none. */
    boolean hasSome(int place) {
      return given[place] && values[place] != null;
    }

    @Nullable Object get(int place) {
      if (!given[place]) {
        throw new Fault("the argument '" + names.get(place) + "' is missing");
      }
      return values[place];
    }

    @Nullable Object get(int place, @Nullable Object usual) {
      return given[place] ? values[place] : usual;
    }

    boolean truth(int place, boolean usual) {
      return given[place] ? Values.truth(values[place]) : usual;
    }

    long whole(int place, long usual) {
      return given[place] ? whole(place) : usual;
    }

    long whole(int place) {
      return Values.whole(get(place));
    }

    /** The argument, which must be a text. */
    Text text(int place) {
      Object value = get(place);
      if (value instanceof Text text) {
        return text;
      }
      throw value instanceof Undefined undefined
          ? undefined.fault()
          : new Fault("the argument '" + names.get(place) + "' is no text");
    }

    Text text(int place, Text usual) {
      return given[place] ? text(place) : usual;
    }
  }
}
