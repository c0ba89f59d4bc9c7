package tayyar.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All filters by their names, and code that several of them share. */
final class Filters {
  private static final Map<String, Filter> ALL = new HashMap<>();

  static {
    TextFilters.into(ALL);
    NumberFilters.into(ALL);
    ListFilters.into(ALL);
    ChoiceFilters.into(ALL);
  }

  private Filters() {}

  /** The filter of this name, or null. */
  static @Nullable Filter find(String name) {
    return ALL.get(name);
  }

  /** The filter that a template names by a value. */
  static Filter named(@Nullable Object name) {
    Filter filter = name instanceof Text text ? ALL.get(text.chars()) : null;
    if (filter == null) {
      throw new Fault("a filter is named that is not known here");
    }
    return filter;
  }

  /** An item's attribute by its path, such as {@code a.0.b}. */
  static @Nullable Object attribute(@Nullable Object item, @Nullable Object path) {
    return attribute(item, path, null);
  }

  /**
   * An item's attribute by its path, with a default for a missing one unless the default is null.
   */
  static @Nullable Object attribute(
      @Nullable Object item, @Nullable Object path, @Nullable Object usual) {
    if (path == null) {
      return item;
    }
    if (!(path instanceof Text text)) {
      return orUsual(Subscripts.item(item, path), usual);
    }
    Object value = item;
    for (String part : text.chars().split("\\.", -1)) {
      Object index =
          part.matches("\\d{1,9}") ? (Object) Long.valueOf(part) : Text.of(part, text.saidAny());
      value = orUsual(Subscripts.item(value, index), usual);
    }
    return value;
  }

  private static @Nullable Object orUsual(@Nullable Object value, @Nullable Object usual) {
    return usual != null && value instanceof Undefined ? usual : value;
  }

  /** The value in lower case if it is a text. */
  static @Nullable Object withoutCase(@Nullable Object value) {
    return value instanceof Text text ? TextCases.lower(text) : value;
  }

  static Arguments rest(Arguments given, int from) {
    List<@Nullable Object> plain = given.plain();
    return new Arguments(plain.subList(Math.min(from, plain.size()), plain.size()), given.named());
  }
}
