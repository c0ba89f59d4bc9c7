package tayyar.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The filters that choose among values, or apply another filter to each. */
final class ChoiceFilters {
  private ChoiceFilters() {}

  static void into(Map<String, Filter> all) {
    all.put("default", ChoiceFilters::orDefault);
    all.put("d", ChoiceFilters::orDefault);
    all.put("map", ChoiceFilters::map);
    all.put("select", (value, given) -> select(value, given, false, true));
    all.put("reject", (value, given) -> select(value, given, false, false));
    all.put("selectattr", (value, given) -> select(value, given, true, true));
    all.put("rejectattr", (value, given) -> select(value, given, true, false));
  }

  private static @Nullable Object orDefault(@Nullable Object value, Arguments given) {
    Arguments.Bound bound = given.to("default_value", "boolean");
    boolean missing = value instanceof Undefined || (bound.truth(1, false) && !Values.truth(value));
    return missing ? bound.get(0, Text.EMPTY) : value;
  }

  /** The items of a value; an empty value or none has no items. */
  private static List<@Nullable Object> itemsOf(@Nullable Object value) {
    return Values.truth(value) ? Values.items(value) : List.of();
  }

  private static Object map(@Nullable Object value, Arguments given) {
    return new Stream(
        () -> {
          List<@Nullable Object> items = itemsOf(value);
          Function<@Nullable Object, @Nullable Object> each =
              items.isEmpty() ? item -> item : mapped(given);
          var all = new ArrayList<@Nullable Object>();
          items.forEach(item -> all.add(each.apply(item)));
          return all;
        });
  }

  private static Function<@Nullable Object, @Nullable Object> mapped(Arguments given) {
    if (given.plain().isEmpty() && given.named().containsKey(Text.of("attribute"))) {
      Arguments.Bound bound = given.to("attribute", "default");
      return item -> Filters.attribute(item, bound.get(0), bound.get(1, null));
    }
    if (given.plain().isEmpty()) {
      throw new Fault("'map' wants a filter's name");
    }
    Filter filter = Filters.named(given.plain().getFirst());
    Arguments rest = Filters.rest(given, 1);
    return item -> filter.apply(item, rest);
  }

  private static Object select(
      @Nullable Object value, Arguments given, boolean byAttribute, boolean wanted) {
    return new Stream(
        () -> {
          var some = new ArrayList<@Nullable Object>();
          List<@Nullable Object> items = itemsOf(value);
          Predicate<@Nullable Object> holds =
              items.isEmpty() ? item -> true : holds(given, byAttribute);
          for (Object item : items) {
            if (holds.test(item) == wanted) {
              some.add(item);
            }
          }
          return some;
        });
  }

  private static Predicate<@Nullable Object> holds(Arguments given, boolean byAttribute) {
    if (byAttribute && given.plain().isEmpty()) {
      throw new Fault("an attribute's name is missing");
    }
    Object attribute = byAttribute ? given.plain().getFirst() : null;
    Arguments rest = Filters.rest(given, byAttribute ? 1 : 0);
    if (rest.plain().isEmpty()) {
      return item -> Values.truth(Filters.attribute(item, attribute));
    }
    Tests.Test test = Tests.named(rest.plain().getFirst());
    Arguments arguments = Filters.rest(rest, 1);
    return item -> test.holds(Filters.attribute(item, attribute), arguments);
  }
}
