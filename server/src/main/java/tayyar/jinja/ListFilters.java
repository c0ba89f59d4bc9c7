package tayyar.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The filters that order, cut and look into many values. */
final class ListFilters {
  private ListFilters() {}

  static void into(Map<String, Filter> all) {
    all.put("list", (value, given) -> none(given, Seq.list(copy(value))));
    all.put("first", ListFilters::first);
    all.put("last", ListFilters::last);
    all.put("reverse", ListFilters::reverse);
    all.put("sort", ListFilters::sort);
    all.put("dictsort", ListFilters::sortedPairs);
    all.put("items", ListFilters::pairs);
    all.put("unique", ListFilters::unique);
    all.put("min", (value, given) -> extreme(value, given, -1));
    all.put("max", (value, given) -> extreme(value, given, 1));
    all.put("batch", ListFilters::batch);
    all.put("slice", ListFilters::slice);
    all.put("groupby", ListFilters::groups);
    all.put("attr", ListFilters::member);
  }

  private static Object none(Arguments given, Object result) {
    given.to();
    return result;
  }

  private static List<@Nullable Object> copy(@Nullable Object value) {
    return new ArrayList<>(Values.items(value));
  }

  private static @Nullable Object first(@Nullable Object value, Arguments given) {
    given.to();
    List<@Nullable Object> all = Values.items(value);
    return all.isEmpty() ? new Undefined("an empty list has no first item") : all.getFirst();
  }

  private static @Nullable Object last(@Nullable Object value, Arguments given) {
    given.to();
    if (value instanceof Stream) {
      throw new Fault("'last' wants a list, not what a filter is still making");
    }
    List<@Nullable Object> all = Values.items(value);
    return all.isEmpty() ? new Undefined("an empty list has no last item") : all.getLast();
  }

  private static Object reverse(@Nullable Object value, Arguments given) {
    given.to();
    if (value instanceof Text text) {
      return Subscripts.slice(text, null, null, -1L);
    }
    List<@Nullable Object> all = copy(value).reversed();
    return value instanceof Stream ? Seq.list(all) : new Stream(() -> all);
  }

  /** The compared value: an attribute, several attributes with commas between them, or the item. */
  private static Function<@Nullable Object, @Nullable Object> keys(
      @Nullable Object attribute, boolean caseCounts) {
    List<Object> paths = new ArrayList<>();
    if (attribute instanceof Text text) {
      for (String path : text.chars().split(",", -1)) {
        paths.add(Text.of(path));
      }
    } else if (attribute != null) {
      paths.add(attribute);
    }
    return item -> {
      var keys = new ArrayList<@Nullable Object>();
      for (Object path : paths) {
        keys.add(Filters.attribute(item, path));
      }
      if (paths.isEmpty()) {
        keys.add(item);
      }
      keys.replaceAll(key -> caseCounts ? key : Filters.withoutCase(key));
      return Seq.list(keys);
    };
  }

  private static Seq sorted(
      List<@Nullable Object> items,
      Function<@Nullable Object, @Nullable Object> key,
      boolean reverse) {
    record Keyed(@Nullable Object key, @Nullable Object item) {}
    List<Keyed> all = new ArrayList<>();
    items.forEach(item -> all.add(new Keyed(key.apply(item), item)));
    Comparator<Keyed> order = (a, b) -> Comparison.order(a.key(), b.key());
    all.sort(reverse ? order.reversed() : order);
    var sorted = new ArrayList<@Nullable Object>();
    all.forEach(one -> sorted.add(one.item()));
    return Seq.list(sorted);
  }

  private static Object sort(@Nullable Object value, Arguments given) {
    Arguments.Bound bound = given.to("reverse", "case_sensitive", "attribute");
    return sorted(
        copy(value), keys(bound.get(2, null), bound.truth(1, false)), bound.whole(0, 0) != 0);
  }

  private static Dict mapping(@Nullable Object value) {
    if (value instanceof Dict dict) {
      return dict;
    }
    throw value instanceof Undefined undefined
        ? undefined.fault()
        : new Fault("a filter wants a mapping");
  }

  private static Object sortedPairs(@Nullable Object value, Arguments given) {
    Arguments.Bound bound = given.to("case_sensitive", "by", "reverse");
    String by = bound.text(1, Text.of("key")).chars();
    if (!by.equals("key") && !by.equals("value")) {
      throw new Fault("a mapping is sorted by 'key' or by 'value'");
    }
    boolean caseCounts = bound.truth(0, false);
    return sorted(
        mapping(value).items().all(),
        pair -> {
          Object key = Subscripts.item(pair, by.equals("key") ? 0L : 1L);
          return caseCounts ? key : Filters.withoutCase(key);
        },
        bound.whole(2, 0) != 0);
  }

  private static Object pairs(@Nullable Object value, Arguments given) {
    given.to();
    return new Stream(() -> value instanceof Undefined ? List.of() : mapping(value).items().all());
  }

  private static Object unique(@Nullable Object value, Arguments given) {
    Arguments.Bound bound = given.to("case_sensitive", "attribute");
    return new Stream(
        () -> {
          var seen = new HashSet<Object>();
          var all = new ArrayList<@Nullable Object>();
          for (Object item : Values.items(value)) {
            Object key = Filters.attribute(item, bound.get(1, null));
            if (seen.add(Dict.canonical(bound.truth(0, false) ? key : Filters.withoutCase(key)))) {
              all.add(item);
            }
          }
          return all;
        });
  }

  private static @Nullable Object extreme(@Nullable Object value, Arguments given, int sign) {
    Arguments.Bound bound = given.to("case_sensitive", "attribute");
    Object best = new Undefined("an empty list has no smallest and no largest item");
    Object bestKey = null;
    boolean any = false;
    for (Object item : Values.items(value)) {
      Object whole = Filters.attribute(item, bound.get(1, null));
      Object key = bound.truth(0, false) ? whole : Filters.withoutCase(whole);
      if (!any || sign * Comparison.order(key, bestKey) > 0) {
        best = item;
        bestKey = key;
      }
      any = true;
    }
    return best;
  }

  private static Object batch(@Nullable Object value, Arguments given) {
    Arguments.Bound bound = given.to("linecount", "fill_with");
    Object lines = bound.get(0);
    return new Stream(
        () -> {
          long size = Values.whole(lines);
          var all = new ArrayList<@Nullable Object>();
          var part = new ArrayList<@Nullable Object>();
          for (Object item : Values.items(value)) {
            if (part.size() == size) {
              all.add(Seq.list(part));
              part = new ArrayList<>();
            }
            part.add(item);
          }
          while (!part.isEmpty() && bound.hasSome(1) && part.size() < size) {
            Seq.checked(part).add(bound.get(1));
          }
          if (!part.isEmpty()) {
            all.add(Seq.list(part));
          }
          return all;
        });
  }

  private static Object slice(@Nullable Object value, Arguments given) {
    Arguments.Bound bound = given.to("slices", "fill_with");
    Object slices = bound.get(0);
    return new Stream(
        () -> {
          long count = Values.whole(slices);
          if (count == 0) {
            throw new Fault("a division by 0");
          }
          List<@Nullable Object> items = copy(value);
          var all = new ArrayList<@Nullable Object>();
          int from = 0;
          for (long i = 0; i < count; i++) {
            boolean longer = i < items.size() % count;
            int to = from + (int) (items.size() / count) + (longer ? 1 : 0);
            var part = new ArrayList<@Nullable Object>(items.subList(from, to));
            if (bound.hasSome(1) && !longer) {
              part.add(bound.get(1));
            }
            Seq.checked(all).add(Seq.list(part));
            from = to;
          }
          return all;
        });
  }

  private static Object groups(@Nullable Object value, Arguments given) {
    Arguments.Bound bound = given.to("attribute", "default", "case_sensitive");
    Object attribute = bound.get(0);
    Function<@Nullable Object, @Nullable Object> whole =
        item -> Filters.attribute(item, attribute, bound.get(1, null));
    Function<@Nullable Object, @Nullable Object> key =
        item -> bound.truth(2, false) ? whole.apply(item) : Filters.withoutCase(whole.apply(item));
    var groups = new ArrayList<@Nullable Object>();
    List<@Nullable Object> group = new ArrayList<>();
    Object last = null;
    for (Object item : sorted(copy(value), key, false).all()) {
      if (group.isEmpty() || !Comparison.equal(last, key.apply(item))) {
        group = new ArrayList<>();
        last = key.apply(item);
        groups.add(Seq.group(both(whole.apply(item), Seq.list(group))));
      }
      group.add(item);
    }
    return Seq.list(groups);
  }

  private static List<@Nullable Object> both(@Nullable Object first, @Nullable Object second) {
    var both = new ArrayList<@Nullable Object>();
    both.add(first);
    both.add(second);
    return both;
  }

  /** A method or member, never an item. */
  private static @Nullable Object member(@Nullable Object value, Arguments given) {
    Text name = given.to("name").text(0);
    return value instanceof Dict && Methods.find(value, name.chars()) == null
        ? new Undefined("a mapping has no member " + name.quoted())
        : Subscripts.member(value, name);
  }
}
