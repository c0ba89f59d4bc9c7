package tayyar.jinja;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The filters that make a text. */
final class TextFilters {
  private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern WORD_BEGINS =
      Pattern.compile("[-\\s({\\[<]+", Pattern.UNICODE_CHARACTER_CLASS);

  private TextFilters() {}

  static void into(Map<String, Filter> all) {
    all.put("string", (value, given) -> none(given, soft(value)));
    all.put("upper", (value, given) -> none(given, TextCases.upper(soft(value))));
    all.put("lower", (value, given) -> none(given, TextCases.lower(soft(value))));
    all.put("capitalize", (value, given) -> none(given, TextCases.capitalize(soft(value))));
    all.put("title", (value, given) -> none(given, title(soft(value))));
    all.put("trim", TextFilters::trim);
    all.put("replace", TextFilters::replace);
    all.put("indent", TextFilters::indent);
    all.put("truncate", TextFilters::truncate);
    all.put("center", TextFilters::center);
    all.put("format", TextFilters::format);
    all.put("tojson", Json::json);
    all.put("safe", (value, given) -> none(given, Shown.text(value).marked(true)));
    all.put("escape", (value, given) -> none(given, Html.escaped(soft(value))));
    all.put("e", (value, given) -> none(given, Html.escaped(soft(value))));
    all.put("forceescape", (value, given) -> none(given, Html.escaped(Shown.text(value))));
    all.put("wordcount", (value, given) -> none(given, words(soft(value))));
    all.put("join", TextFilters::join);
  }

  private static Object none(Arguments given, Object result) {
    given.to();
    return result;
  }

  /** A value as a text; a text that is marked as safe stays so. */
  private static Text soft(@Nullable Object value) {
    return value instanceof Text text ? text : Shown.text(value);
  }

  /** The value, which must be a text already. */
  private static Text text(@Nullable Object value) {
    if (value instanceof Text text) {
      return text;
    }
    throw value instanceof Undefined undefined
        ? undefined.fault()
        : new Fault("a filter wants a text");
  }

  private static Object trim(@Nullable Object value, Arguments given) {
    Arguments.Bound bound = given.to("chars");
    String chars = bound.hasSome(0) ? bound.text(0).chars() : null;
    return TextMethods.strip(soft(value), chars, true, true);
  }

  private static Text title(Text text) {
    var out = new StringBuilder();
    String s = text.chars();
    Matcher matcher = WORD_BEGINS.matcher(s);
    int from = 0;
    while (matcher.find()) {
      word(s.substring(from, matcher.start()), out);
      out.append(matcher.group());
      from = matcher.end();
    }
    word(s.substring(from), out);
    return text.changed(out.toString());
  }

  private static void word(String word, StringBuilder out) {
    if (!word.isEmpty()) {
      int first = Character.charCount(word.codePointAt(0));
      out.append(word.substring(0, first).toUpperCase(Locale.ROOT))
          .append(word.substring(first).toLowerCase(Locale.ROOT));
    }
  }

  private static Object replace(@Nullable Object value, Arguments given) {
    Arguments.Bound bound = given.to("old", "new", "count");
    String part = Shown.text(bound.get(0)).chars();
    long most = bound.hasSome(2) ? bound.whole(2) : -1;
    return TextMethods.replace(Shown.text(value), part, Shown.text(bound.get(1)), most);
  }

  private static Object indent(@Nullable Object value, Arguments given) {
    Arguments.Bound bound = given.to("width", "first", "blank");
    Text blanks =
        bound.get(0, 4L) instanceof Text own
            ? own
            : Text.of(" ".repeat(Math.clamp(bound.whole(0, 4), 0, 10_000)));
    Text text = text(value);
    boolean blank = bound.truth(2, false);
    var out = new TextBuilder();
    if (bound.truth(1, false)) {
      out.append(blanks);
    }
    List<Text> lines = TextMethods.lines(text.plus(Text.of("\n")), false);
    for (int i = 0; i < lines.size(); i++) {
      Text line = lines.get(i);
      if (i > 0) {
        out.append("\n").append(blank || !line.isEmpty() ? blanks : Text.EMPTY);
      }
      out.append(line);
    }
    return out.build().marked(text.markup());
  }

  private static Object truncate(@Nullable Object value, Arguments given) {
    Arguments.Bound bound = given.to("length", "killwords", "end", "leeway");
    Text text = text(value);
    Text end = bound.text(2, Text.of("..."));
    long length = bound.whole(0, 255);
    long leeway = bound.hasSome(3) ? bound.whole(3) : 5;
    long kept = length - end.count();
    if (kept < 0 || leeway < 0) {
      throw new Fault("a text is truncated to less than nothing");
    }
    if (text.count() <= length + leeway) {
      return text;
    }
    Text begin = text.sub(0, text.place((int) kept));
    int blank = begin.chars().lastIndexOf(' ');
    Text whole = bound.truth(1, false) || blank < 0 ? begin : begin.sub(0, blank);
    return whole.plus(end).marked(text.markup());
  }

  private static Object center(@Nullable Object value, Arguments given) {
    return Padding.center(soft(value), given.to("width").whole(0, 80), Text.of(" "));
  }

  private static Object format(@Nullable Object value, Arguments given) {
    if (!given.plain().isEmpty() && !given.named().isEmpty()) {
      throw new Fault("a format can't have values with names and without");
    }
    var named = new Dict();
    given.named().forEach((name, one) -> named.put(name, one));
    return PercentFormat.apply(soft(value), named.size() > 0 ? named : Seq.tuple(given.plain()));
  }

  private static Object words(Text text) {
    return WORD.matcher(text.chars()).results().count();
  }

  private static Object join(@Nullable Object value, Arguments given) {
    Arguments.Bound bound = given.to("d", "attribute");
    Text between = Shown.text(bound.get(0, Text.EMPTY));
    Object attribute = bound.get(1, null);
    var out = new TextBuilder();
    boolean first = true;
    for (Object item : Values.items(value)) {
      out.append(first ? Text.EMPTY : between);
      out.append(Shown.text(Filters.attribute(item, attribute)));
      first = false;
    }
    return out.build();
  }
}
