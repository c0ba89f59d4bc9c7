package tayyar.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Searches a text for other texts; indexes count characters as Python does. */
final class Searches {
  private Searches() {}

  /** The part that is searched, by the arguments behind the first. */
  private record Window(String chars, int from, int to) {
    static Window of(Text text, Arguments.Bound given) {
      if (!given.hasSome(1) && !given.hasSome(2)) {
        return new Window(text.chars(), 0, text.length());
      }
      int count = text.count();
      long from = given.hasSome(1) ? given.whole(1) : 0;
      long to = given.hasSome(2) ? given.whole(2) : count;
      long first = Math.max(0, from < 0 ? from + count : from);
      long last = Math.clamp(to < 0 ? to + count : to, 0, count);
      return first > last
          ? new Window(text.chars(), -1, -1)
          : new Window(text.chars(), text.place((int) first), text.place((int) last));
    }

    boolean none() {
      return from < 0;
    }

    boolean holds(String part, boolean first) {
      int at = first ? from : to - part.length();
      return !none() && at >= from && at + part.length() <= to && chars.startsWith(part, at);
    }
  }

  /** Whether it begins or ends with a text, or with one of several. */
  static boolean at(Text text, Arguments.Bound given, boolean first) {
    Window window = Window.of(text, given);
    List<@Nullable Object> parts =
        given.get(0) instanceof Seq seq && seq.isTuple() ? seq.all() : List.of(given.text(0));
    for (Object part : parts) {
      if (!(part instanceof Text one)) {
        throw new Fault("only a text can be looked for in a text");
      }
      if (window.holds(one.chars(), first)) {
        return true;
      }
    }
    return false;
  }

  static long find(Text text, Arguments.Bound given, boolean last) {
    Window window = Window.of(text, given);
    String part = given.text(0).chars();
    if (window.none()) {
      return -1;
    }
    int at =
        last
            ? text.chars().lastIndexOf(part, window.to() - part.length())
            : text.chars().indexOf(part, window.from(), window.to());
    return at < window.from() ? -1 : text.chars().codePointCount(0, at);
  }

  static long count(Text text, Arguments.Bound given) {
    Window window = Window.of(text, given);
    String part = given.text(0).chars();
    if (window.none()) {
      return 0;
    }
    if (part.isEmpty()) {
      return text.chars().codePointCount(window.from(), window.to()) + 1L;
    }
    long count = 0;
    for (int at = text.chars().indexOf(part, window.from(), window.to());
        at >= 0;
        at = text.chars().indexOf(part, at + part.length(), window.to())) {
      count++;
    }
    return count;
  }
}
