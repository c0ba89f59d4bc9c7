package tayyar.jinja;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Members, items and slices of values. */
final class Subscripts {
  private Subscripts() {}

  /** {@code of.name}: a method or member, else the item of that name. */
  static @Nullable Object member(@Nullable Object of, Text name) {
    Object found = attribute(of, name);
    if (found != null) {
      return found instanceof Methods.Absent ? null : found;
    }
    if (of instanceof Dict dict) {
      Dict.Entry entry = dict.find(name);
      return entry == null ? missing(of, name) : entry.value();
    }
    return missing(of, name);
  }

  /** {@code of[index]}: the item, else the method or member of that name. */
  static @Nullable Object item(@Nullable Object of, @Nullable Object index) {
    if (of instanceof Dict dict && Dict.hashable(index)) {
      Dict.Entry entry = dict.find(index);
      if (entry != null) {
        return entry.value();
      }
    }
    if (index instanceof Long || index instanceof Boolean) {
      Object at = at(of, Values.whole(index));
      if (!(at instanceof Methods.Absent)) {
        return at;
      }
    }
    if (of instanceof Undefined undefined) {
      throw undefined.fault();
    }
    if (index instanceof Text name) {
      Object found = attribute(of, name);
      if (found != null) {
        return found instanceof Methods.Absent ? null : found;
      }
      return missing(of, name);
    }
    return new Undefined("there is no such item");
  }

  /** The item at an index, or {@link Methods.Absent} where there is none. */
  private static @Nullable Object at(@Nullable Object of, long index) {
    if (of instanceof Text text) {
      int count = text.count();
      long i = index < 0 ? index + count : index;
      if (i < 0 || i >= count) {
        return Methods.Absent.NONE;
      }
      int place = text.place((int) i);
      return text.sub(place, place + Character.charCount(text.chars().codePointAt(place)));
    }
    if (of instanceof Seq seq && seq.hasPlaces()) {
      long i = index < 0 ? index + seq.size() : index;
      return i >= 0 && i < seq.size() ? seq.all().get((int) i) : Methods.Absent.NONE;
    }
    return Methods.Absent.NONE;
  }

  /**
   * A method or member; {@link Methods.Absent} where its value is none; null where there is no such
   * member.
   */
  private static @Nullable Object attribute(@Nullable Object of, Text name) {
    if (of instanceof Undefined undefined) {
      throw undefined.fault();
    }
    if (name.chars().startsWith("__")) {
      return new Undefined("the member " + name.quoted() + " can't be had");
    }
    if (of instanceof Members members) {
      Object value = members.member(name);
      return value == null ? Methods.Absent.NONE : value;
    }
    return Methods.find(of, name.chars());
  }

  private static Undefined missing(@Nullable Object of, Text name) {
    String what =
        switch (of) {
          case null -> "none";
          case Dict dict -> "a mapping";
          case Text text -> "a text";
          case Seq seq -> "a list";
          default -> "something";
        };
    return new Undefined(what + " has no " + name.quoted());
  }

  static Object slice(
      @Nullable Object of, @Nullable Object from, @Nullable Object to, @Nullable Object step) {
    long by = step == null ? 1 : Values.whole(step);
    if (by == 0) {
      throw new Fault("a slice can't step by 0");
    }
    if (of instanceof Text text) {
      return slice(text, from, to, by);
    }
    if (!(of instanceof Seq seq) || !seq.hasPlaces()) {
      throw of instanceof Undefined undefined
          ? undefined.fault()
          : new Fault("something is sliced that has no places");
    }
    var some = new ArrayList<@Nullable Object>();
    long last = last(to, seq.size(), by);
    for (long i = first(from, seq.size(), by); by > 0 ? i < last : i > last; i += by) {
      some.add(seq.all().get((int) i));
    }
    Seq.Range range = seq.range();
    return range == null
        ? seq.of(some)
        : new Seq(some, range.sliced(first(from, seq.size(), by), last, by));
  }

  private static Text slice(Text text, @Nullable Object from, @Nullable Object to, long by) {
    int count = text.count();
    long first = first(from, count, by);
    long last = last(to, count, by);
    if (by == 1) {
      return first >= last
          ? text.sub(0, 0)
          : text.sub(text.place((int) first), text.place((int) last));
    }
    List<@Nullable Object> characters = Values.items(text);
    var out = new TextBuilder();
    for (long i = first; by > 0 ? i < last : i > last; i += by) {
      out.append(Shown.text(characters.get((int) i)));
    }
    return out.build().marked(text.markup());
  }

  private static long first(@Nullable Object from, int size, long by) {
    return from == null ? (by > 0 ? 0 : size - 1) : clamp(Values.whole(from), size, by);
  }

  private static long last(@Nullable Object to, int size, long by) {
    return to == null ? (by > 0 ? size : -1) : clamp(Values.whole(to), size, by);
  }

  private static long clamp(long n, int size, long by) {
    long i = n < 0 ? n + size : n;
    return by > 0 ? Math.clamp(i, 0, size) : Math.clamp(i, -1, size - 1L);
  }
}
