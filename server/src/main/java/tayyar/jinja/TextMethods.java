package tayyar.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The methods of a text that find, cut and put together. */
final class TextMethods {
  private TextMethods() {}

  /** The method of this name bound to a text, or null. */
  static @Nullable Callable find(Text text, String name) {
    return switch (name) {
      case "strip" -> given -> strip(text, given, true, true);
      case "lstrip" -> given -> strip(text, given, true, false);
      case "rstrip" -> given -> strip(text, given, false, true);
      case "split" -> given -> Splits.split(text, given.to("sep", "maxsplit"), false);
      case "rsplit" -> given -> Splits.split(text, given.to("sep", "maxsplit"), true);
      case "splitlines" -> given -> splitLines(text, given.to("keepends"));
      case "partition" -> given -> Splits.partition(text, given.only("sep").text(0), false);
      case "rpartition" -> given -> Splits.partition(text, given.only("sep").text(0), true);
      case "replace" -> given -> replace(text, given.to("old", "new", "count"));
      case "join" -> given -> join(text, Values.items(given.only("iterable").get(0)));
      case "removeprefix" ->
          given -> {
            String prefix = given.only("prefix").text(0).chars();
            return text.chars().startsWith(prefix) ? text.sub(prefix.length()) : text;
          };
      case "removesuffix" ->
          given -> {
            String suffix = given.only("suffix").text(0).chars();
            int end = text.length() - suffix.length();
            return text.chars().endsWith(suffix) ? text.sub(0, end) : text;
          };
      case "format" -> given -> new BraceFormat(text, given).apply();
      case "format_map" -> given -> BraceFormat.map(text, given.only("mapping").get(0));
      default -> search(text, name);
    };
  }

  private static @Nullable Callable search(Text text, String name) {
    Function<Arguments, Arguments.Bound> bound = given -> given.only("sub", "start", "end");
    return switch (name) {
      case "startswith" -> given -> Searches.at(text, bound.apply(given), true);
      case "endswith" -> given -> Searches.at(text, bound.apply(given), false);
      case "find" -> given -> Searches.find(text, bound.apply(given), false);
      case "rfind" -> given -> Searches.find(text, bound.apply(given), true);
      case "index" -> given -> found(Searches.find(text, bound.apply(given), false));
      case "rindex" -> given -> found(Searches.find(text, bound.apply(given), true));
      case "count" -> given -> Searches.count(text, bound.apply(given));
      case "center" -> given -> Padding.center(text, given.only("width", "fillchar"));
      case "ljust" -> given -> Padding.beside(text, given.only("width", "fillchar"), false);
      case "rjust" -> given -> Padding.beside(text, given.only("width", "fillchar"), true);
      case "zfill" -> given -> Padding.zeros(text, given.only("width").whole(0));
      case "expandtabs" -> given -> Padding.tabs(text, given.to("tabsize").whole(0, 8));
      case "encode", "translate", "maketrans" -> Methods.unknown(name);
      default -> TextCases.find(text, name);
    };
  }

  private static long found(long place) {
    if (place < 0) {
      throw new Fault("a text does not hold what is looked for");
    }
    return place;
  }

  private static Text strip(Text text, Arguments given, boolean left, boolean right) {
    Arguments.Bound bound = given.only("chars");
    return strip(text, bound.hasSome(0) ? bound.text(0).chars() : null, left, right);
  }

  /** The text without these characters, or white space, at its ends. */
  static Text strip(Text text, @Nullable String chars, boolean left, boolean right) {
    String s = text.chars();
    int from = 0;
    int to = s.length();
    while (left && from < to && strips(s.codePointAt(from), chars)) {
      from += Character.charCount(s.codePointAt(from));
    }
    while (right && to > from && strips(s.codePointBefore(to), chars)) {
      to -= Character.charCount(s.codePointBefore(to));
    }
    return text.sub(from, to);
  }

  private static boolean strips(int c, @Nullable String chars) {
    return chars == null
        ? Character.isBmpCodePoint(c) && Blanks.is((char) c)
        : chars.indexOf(c) >= 0;
  }

  static List<Text> lines(Text text, boolean keepEnds) {
    String s = text.chars();
    var lines = new ArrayList<Text>();
    int from = 0;
    for (int i = 0; i < s.length(); i++) {
      if (Blanks.endsLine(s.charAt(i))) {
        int end = i;
        i += s.charAt(i) == '\r' && i + 1 < s.length() && s.charAt(i + 1) == '\n' ? 1 : 0;
        lines.add(text.sub(from, keepEnds ? i + 1 : end));
        from = i + 1;
      }
    }
    if (from < s.length()) {
      lines.add(text.sub(from));
    }
    return lines;
  }

  private static Seq splitLines(Text text, Arguments.Bound given) {
    return Seq.list(new ArrayList<>(lines(text, given.truth(0, false))));
  }

  private static Text replace(Text text, Arguments.Bound given) {
    Text by = Html.beside(text.markup(), given.text(1));
    return replace(text, given.text(0).chars(), by, given.whole(2, -1)).marked(text.markup());
  }

  /**
   * The text with a part replaced by another text.
   *
   * @param most the most replacements; less than 0 for all
   */
  static Text replace(Text text, String part, Text by, long most) {
    if (part.isEmpty()) {
      return between(text, by, most);
    }
    var out = new TextBuilder();
    int from = 0;
    long count = 0;
    for (int at = text.chars().indexOf(part);
        at >= 0 && (most < 0 || count < most);
        at = text.chars().indexOf(part, from)) {
      out.append(text.sub(from, at)).append(by);
      from = at + part.length();
      count++;
    }
    return from == 0 ? text.marked(false) : out.append(text.sub(from)).build();
  }

  /** The text with another text in front of each character and at the end. */
  private static Text between(Text text, Text by, long most) {
    var out = new TextBuilder();
    long count = 0;
    for (Object character : Values.items(text)) {
      if (most < 0 || count++ < most) {
        out.append(by);
      }
      out.append(Shown.text(character));
    }
    return (most < 0 || count < most ? out.append(by) : out).build();
  }

  private static Text join(Text between, List<@Nullable Object> items) {
    var out = new TextBuilder();
    boolean first = true;
    for (Object item : items) {
      if (!(item instanceof Text text)) {
        throw new Fault("something is joined that is no text");
      }
      out.append(first ? Text.EMPTY : between).append(Html.beside(between.markup(), text));
      first = false;
    }
    return out.build().marked(between.markup());
  }
}
