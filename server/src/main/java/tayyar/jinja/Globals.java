package tayyar.jinja;

import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The functions that each chat template may call. */
final class Globals {
  /** Most items of a range, as in Python's sandbox. */
  private static final int RANGE_MAX = 100_000;

  private static final Map<String, Callable> ALL =
      Map.of(
          "raise_exception", Globals::raise,
          "namespace", Globals::namespace,
          "dict", Globals::mapping,
          "range", Globals::range);

  private Globals() {}

  /** All functions, with the current time. */
  static Map<String, @Nullable Object> at(ZonedDateTime now) {
    var all = new HashMap<String, @Nullable Object>(ALL);
    Callable today =
        given -> {
          Text form = given.to("format").text(0);
          return form.changed(Dates.format(form.chars(), now));
        };
    all.put("strftime_now", today);
    return all;
  }

  private static Object raise(Arguments given) {
    throw new Raised(Shown.text(given.to("message").get(0)).chars());
  }

  private static Namespace namespace(Arguments given) {
    var namespace = new Namespace();
    for (Dict.Entry entry : mapping(given).entries()) {
      namespace.set(Shown.text(entry.key()), entry.value());
    }
    return namespace;
  }

  /** Makes a mapping of a mapping or of pairs, and of named arguments. */
  private static Dict mapping(Arguments given) {
    var all = new Dict();
    Object first = new Arguments(given.plain(), Map.of()).to("mapping").get(0, null);
    if (first instanceof Dict dict) {
      all.putAll(dict);
    } else if (!given.plain().isEmpty()) {
      for (Object pair : Values.items(first)) {
        var both = Values.items(pair);
        if (both.size() != 2) {
          throw new Fault("a mapping is made of something that is no pair");
        }
        all.put(both.getFirst(), both.getLast());
      }
    }
    given.named().forEach((name, value) -> all.put(name, value));
    return all;
  }

  private static Seq range(Arguments given) {
    Arguments.Bound bound = given.to("start", "stop", "step");
    boolean one = !bound.has(1);
    long from = one ? 0 : bound.whole(0);
    long to = one ? bound.whole(0) : bound.whole(1);
    long step = bound.whole(2, 1);
    if (step == 0) {
      throw new Fault("a range can't step by 0");
    }
    var all = new ArrayList<@Nullable Object>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      if (all.size() == RANGE_MAX) {
        throw new Fault("a range is too long");
      }
      all.add(i);
    }
    return new Seq(all, new Seq.Range(from, to, step));
  }
}
