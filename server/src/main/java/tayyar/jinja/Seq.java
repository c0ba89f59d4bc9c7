package tayyar.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several values in a row. Receivers do not change it. */
record Seq(Kind kind, List<@Nullable Object> all, @Nullable Range range) {
  /** Most items of one sequence. */
  static final int ITEMS_MAX = 1_000_000;

  /** The Python type of a sequence. */
  enum Kind {
    /** {@code list}. */
    LIST,
    /** {@code tuple}. */
    TUPLE,
    /** The tuple of {@code groupby}, which also has names. */
    GROUP,
    /** {@code range}. */
    RANGE,
    /** {@code dict_keys}. */
    KEYS,
    /** {@code dict_values}. */
    VALUES,
    /** {@code dict_items}. */
    ITEMS
  }

  /** The start, the end and the step of a range. */
  record Range(long start, long stop, long step) {
    Range sliced(long first, long last, long by) {
      return new Range(start + first * step, start + last * step, step * by);
    }

    String shown() {
      return "range(" + start + ", " + stop + (step == 1 ? ")" : ", " + step + ")");
    }
  }

  Seq(List<@Nullable Object> all, Range range) {
    this(Kind.RANGE, all, range);
  }

  static Seq group(List<@Nullable Object> all) {
    return new Seq(Kind.GROUP, all, null);
  }

  static Seq list(List<@Nullable Object> all) {
    return new Seq(Kind.LIST, all, null);
  }

  static Seq tuple(@Nullable Object... all) {
    return new Seq(Kind.TUPLE, Arrays.asList(all), null);
  }

  static Seq tuple(List<@Nullable Object> all) {
    return new Seq(Kind.TUPLE, all, null);
  }

  static Seq view(Kind kind, Collection<@Nullable Object> all) {
    return new Seq(kind, new ArrayList<>(all), null);
  }

  int size() {
    return all.size();
  }

  boolean isList() {
    return kind == Kind.LIST;
  }

  boolean isTuple() {
    return kind == Kind.TUPLE || kind == Kind.GROUP;
  }

  /** Whether it has indexes: a view of a mapping has none. */
  boolean hasPlaces() {
    return switch (kind) {
      case LIST, TUPLE, GROUP, RANGE -> true;
      case KEYS, VALUES, ITEMS -> false;
    };
  }

  /** A sequence of other items: a tuple if this is a tuple, else a list. */
  Seq of(List<@Nullable Object> others) {
    return isTuple() ? tuple(others) : list(others);
  }

  static List<@Nullable Object> checked(List<@Nullable Object> all) {
    if (all.size() > ITEMS_MAX) {
      throw new Fault("a list becomes too long");
    }
    return all;
  }
}
