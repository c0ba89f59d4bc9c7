package tayyar.grammar;

import static tayyar.grammar.Literals.literal;
import static tayyar.grammar.Piece.any;
import static tayyar.grammar.Piece.seq;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tayyar.api.Refused;
import tayyar.grammar.CallShape.Around;
import tayyar.grammar.CallShape.Parameters;
import tayyar.grammar.Piece.Any;
import tayyar.grammar.Piece.Chars;
import tayyar.grammar.Piece.Ref;
import tayyar.grammar.Piece.Text;
import tayyar.grammar.Piece.Times;

/**
 * Arguments that are written one parameter after the other, in the schema's order: strings as they
 * are, up to a mark, all else as JSON.
 */
final class ParameterForms {
  private static final int NAME_CHARS_MAX = 64;
  private static final Piece NAME =
      new Times(
          new Chars(CharSet.of('a', 'z', 'A', 'Z', '0', '9', '_', '_', '-', '-')),
          1,
          NAME_CHARS_MAX);

  /** What a strict schema may not ask of a string that stands there as it is. */
  private static final List<String> HINTS = List.of("pattern", "format", "minLength", "maxLength");

  private final Parameters shape;
  private final Tool tool;
  private final String prefix;
  private final Map<String, Piece> rules = new LinkedHashMap<>(JsonPieces.rules());

  ParameterForms(Parameters shape, Tool tool, String prefix) {
    this.shape = shape;
    this.tool = tool;
    this.prefix = prefix;
  }

  Draft draft() {
    List<String> names = tool.properties().keySet().stream().map(String.class::cast).toList();
    Piece start = names.isEmpty() && tool.parameters() != null ? free() : from(names, 0, false);
    return new Draft(start, rules);
  }

  /** Any parameters with any text. */
  private Piece free() {
    Piece value = seq(NAME, text("#free"));
    rules.put(
        prefix + "free",
        seq(literal(shape.open()), value, new Times(seq(literal(shape.next()), value), 0, 99)));
    return any(new Ref(prefix + "free"), literal(shape.none()));
  }

  /** The parameters from one on, behind others or not. */
  private Piece from(List<String> names, int at, boolean behind) {
    if (at == names.size()) {
      return behind ? Piece.EMPTY : literal(shape.none());
    }
    String rule = prefix + at + behind;
    if (!rules.containsKey(rule)) {
      rules.put(rule, Piece.NOTHING);
      String name = names.get(at);
      Piece one =
          seq(
              literal(behind ? shape.next() : shape.open()),
              new Text(name),
              value(name, at),
              from(names, at + 1, true));
      rules.put(rule, isRequired(name) ? one : any(one, from(names, at + 1, behind)));
    }
    return new Ref(rule);
  }

  private boolean isRequired(String name) {
    return tool.parameters() instanceof Map<?, ?> schema
        && schema.get("required") instanceof List<?> required
        && required.contains(name);
  }

  private Piece value(String name, int place) {
    String key = prefix + "value " + place;
    if (!rules.containsKey(key)) {
      rules.put(key, tool.isText(name) ? string(name, key) : other(name, key));
    }
    return new Ref(key);
  }

  /** A string as it is; of its schema, only the values that are given are held. */
  private Piece string(String name, String key) {
    Map<?, ?> schema = tool.schemaOf(name);
    if (schema.get("enum") instanceof List<?> values) {
      return given(values);
    }
    for (String word : tool.strict() ? HINTS : List.<String>of()) {
      if (schema.containsKey(word)) {
        throw Faults.wrong(
            where(name) + "." + word, "can't be held in the form of calls that this model writes.");
      }
    }
    return text(key);
  }

  private String where(String name) {
    return tool.where() + ".parameters.properties." + Faults.shown(name);
  }

  private static Piece around(Around shape, Piece value) {
    return seq(literal(shape.before()), value, literal(shape.after()));
  }

  /** Some strings, with the blanks around them that are the shape's and no part of them. */
  private Piece given(List<?> values) {
    String before = shape.text().before();
    String after = shape.text().after();
    String begin = before.stripTrailing();
    String end = after.stripLeading();
    List<Piece> all = new ArrayList<>();
    values.forEach(value -> all.add(new Text(String.valueOf(value))));
    return seq(
        literal(begin),
        before.substring(begin.length()),
        new Any(all),
        after.substring(0, after.length() - end.length()),
        literal(end));
  }

  private Piece text(String name) {
    String mark = shape.text().after().strip();
    return seq(
        literal(shape.text().before().stripTrailing()),
        Literals.until(mark, Piece.EMPTY, false, name + " until ", rules));
  }

  /** A schema that can't be held is a hint alone, unless the tool is strict. */
  private Piece other(String name, String key) {
    try {
      Object root = tool.parameters() == null ? Map.of() : tool.parameters();
      Draft draft = Schema.draft(root, tool.schemaOf(name), where(name), key + " ");
      rules.putAll(draft.rules());
      return around(shape.other(), draft.start());
    } catch (Refused e) {
      if (tool.strict()) {
        throw e;
      }
      return around(shape.other(), JsonPieces.VALUE);
    }
  }
}
