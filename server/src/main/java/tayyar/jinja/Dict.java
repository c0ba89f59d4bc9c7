package tayyar.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A mapping in insertion order. Receivers do not change it. */
final class Dict {
  /** A key as it was given, and its value. */
  record Entry(@Nullable Object key, @Nullable Object value) {}

  /** Stands for Python's none among the keys. */
  private enum None {
    NONE
  }

  private final Map<Object, Entry> entries = new LinkedHashMap<>();

  /** Puts a value; of equal keys the first is kept, with the last value. */
  void put(@Nullable Object key, @Nullable Object value) {
    Object canonical = canonical(key);
    Entry old = entries.get(canonical);
    entries.put(canonical, new Entry(old == null ? key : old.key(), value));
  }

  void putAll(Dict others) {
    others.entries.values().forEach(entry -> put(entry.key(), entry.value()));
  }

  @Nullable Entry find(@Nullable Object key) {
    return entries.get(canonical(key));
  }

  int size() {
    return entries.size();
  }

  List<Entry> entries() {
    return new ArrayList<>(entries.values());
  }

  Seq keys() {
    var keys = new ArrayList<@Nullable Object>();
    entries.values().forEach(entry -> keys.add(entry.key()));
    return Seq.view(Seq.Kind.KEYS, keys);
  }

  Seq values() {
    var values = new ArrayList<@Nullable Object>();
    entries.values().forEach(entry -> values.add(entry.value()));
    return Seq.view(Seq.Kind.VALUES, values);
  }

  Seq items() {
    var items = new ArrayList<@Nullable Object>();
    entries.values().forEach(entry -> items.add(Seq.tuple(entry.key(), entry.value())));
    return Seq.view(Seq.Kind.ITEMS, items);
  }

  /** A key in a form in which keys that are equal in Python are equal: 1, 1.0 and true are one. */
  static Object canonical(@Nullable Object key) {
    return switch (key) {
      case null -> None.NONE;
      case Boolean b -> b ? 1L : 0L;
      case Double d when d == Math.rint(d) && Math.abs(d) < 1e15 -> (long) (double) d;
      case Seq seq when seq.isTuple() ->
          Arrays.asList(seq.all().stream().map(Dict::canonical).toArray());
      case Seq seq when seq.isList() -> throw unhashable();
      case Dict dict -> throw unhashable();
      case Undefined undefined -> Undefined.class;
      default -> key;
    };
  }

  static boolean hashable(@Nullable Object key) {
    return !(key instanceof Dict)
        && !(key instanceof Seq seq
            && (seq.isList() || (seq.isTuple() && !seq.all().stream().allMatch(Dict::hashable))));
  }

  private static Fault unhashable() {
    return new Fault("a list or a mapping can't be a key");
  }
}
