package tayyar.grammar;

import static tayyar.grammar.Literals.literal;
import static tayyar.grammar.Piece.any;
import static tayyar.grammar.Piece.seq;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
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
  private static final String TEXT = "#text";
  private static final String IN_FORM = " in the form of calls that this model writes.";
  private static final Piece NAME =
      new Times(
          new Chars(CharSet.of('a', 'z', 'A', 'Z', '0', '9', '_', '_', '-', '-')),
          1,
          NAME_CHARS_MAX);

  /** What a strict schema may not ask of a string that stands there as it is. */
  private static final List<String> HINTS = List.of("pattern", "format", "minLength", "maxLength");

  /** What a parameter that is written may be called: nothing in it ends its name. */
  private static final Pattern WRITABLE =
      Pattern.compile(
          "[\\p{L}\\p{N}_$@.-]([\\p{L}\\p{M}\\p{N} _$@./-]*[\\p{L}\\p{M}\\p{N}_$@./-])?");

  private final Parameters shape;
  private final Tool tool;
  private final String prefix;
  private final Map<String, Piece> rules;

  /**
   * Those of a tool.
   *
   * @param prefix of the names of its own rules
   * @param rules gets them
   */
  ParameterForms(Parameters shape, Tool tool, String prefix, Map<String, Piece> rules) {
    this.shape = shape;
    this.tool = tool;
    this.prefix = prefix;
    this.rules = rules;
    rules.putAll(JsonPieces.rules());
  }

  Piece start() {
    List<String> names =
        tool.properties().keySet().stream()
            .map(String.class::cast)
            .filter(this::isWritten)
            .toList();
    if (!names.isEmpty()) {
      return all(names);
    }
    boolean none =
        tool.parameters() == null
            || (tool.parameters() instanceof Map<?, ?> schema && CallForms.isEmpty(schema));
    if (!none && tool.strict()) {
      throw Faults.wrong(tool.where() + ".parameters", "must tell parameters by name" + IN_FORM);
    }
    return none ? literal(shape.none()) : free();
  }

  /** A parameter whose name can't be written is left out, if it may be. */
  private boolean isWritten(String name) {
    boolean can =
        WRITABLE.matcher(name).matches()
            && name.indexOf(shape.text().before().strip().charAt(0)) < 0;
    if (!can && (tool.strict() || isRequired(name))) {
      throw Faults.wrong(where(name), "has a name that can't be written" + IN_FORM);
    }
    return can;
  }

  /** Any parameters with any text. */
  private Piece free() {
    Piece value = seq(NAME, text());
    rules.put(
        prefix + "free",
        seq(literal(shape.open()), value, new Times(seq(literal(shape.next()), value), 0, 99)));
    return any(new Ref(prefix + "free"), literal(shape.none()));
  }

  /** Rules for the parameters from each one on, behind others or not. */
  private Piece all(List<String> names) {
    Piece first = literal(shape.none());
    Piece later = Piece.EMPTY;
    for (int at = names.size() - 1; at >= 0; at--) {
      String name = names.get(at);
      boolean required = isRequired(name);
      Piece rest = seq(new Text(name), value(name, at), later);
      Piece begins = seq(literal(shape.open()), rest);
      Piece goesOn = seq(literal(shape.next()), rest);
      first = named(prefix + at + " first", required ? begins : any(begins, first));
      later = named(prefix + at + " later", required ? goesOn : any(goesOn, later));
    }
    return first;
  }

  private Piece named(String rule, Piece piece) {
    if (rules.size() > Grammar.NODES_MAX) {
      throw Net.tooLarge("tools", Grammar.NODES_MAX);
    }
    rules.put(rule, piece);
    return new Ref(rule);
  }

  private boolean isRequired(String name) {
    return tool.parameters() instanceof Map<?, ?> schema
        && schema.get("required") instanceof List<?> required
        && required.contains(name);
  }

  private Piece value(String name, int place) {
    String key = prefix + "value " + place;
    Object schema = tool.properties().get(name);
    if (tool.strict() && schema != null) {
      Schema.draft(root(), schema, where(name), key + " ");
    }
    return named(key, tool.isText(name) ? string(name) : other(name, key));
  }

  private Object root() {
    return tool.parameters() == null ? Map.of() : tool.parameters();
  }

  /** A string as it is; of its schema, only the values that are given are held. */
  private Piece string(String name) {
    Map<?, ?> schema = tool.schemaOf(name);
    if (schema.get("enum") instanceof List<?> values) {
      return given(values, name);
    }
    if (schema.get("const") instanceof String value) {
      return given(List.of(value), name);
    }
    for (String word : tool.strict() ? HINTS : List.<String>of()) {
      if (schema.containsKey(word)) {
        throw Faults.wrong(where(name) + "." + word, "can't be held" + IN_FORM);
      }
    }
    return text();
  }

  private String where(String name) {
    return tool.where() + ".parameters.properties." + Faults.shown(name);
  }

  private static Piece around(Around shape, Piece value) {
    return seq(literal(shape.before()), value, literal(shape.after()));
  }

  /** Some strings, with the blanks around them that are the shape's and no part of them. */
  private Piece given(List<?> values, String name) {
    String before = shape.text().before();
    String after = shape.text().after();
    String begin = before.stripTrailing();
    String end = after.stripLeading();
    List<Piece> all = new ArrayList<>();
    for (Object value : values) {
      // A value with the mark in it would end there.
      String text = String.valueOf(value);
      if ((text + after).indexOf(end.strip()) == text.length() + after.length() - end.length()) {
        all.add(new Text(text));
      }
    }
    if (all.isEmpty()) {
      throw Faults.wrong(where(name), "has no value that can be written" + IN_FORM);
    }
    return seq(
        literal(begin),
        before.substring(begin.length()),
        new Any(all),
        after.substring(0, after.length() - end.length()),
        literal(end));
  }

  /** Any text up to the mark; the rules are the same for all. */
  private Piece text() {
    if (!rules.containsKey(TEXT)) {
      String mark = shape.text().after().strip();
      rules.put(TEXT, Literals.until(mark, Piece.EMPTY, false, TEXT + " until ", rules));
    }
    return seq(literal(shape.text().before().stripTrailing()), new Ref(TEXT));
  }

  /** A schema that can't be held is a hint alone, unless the tool is strict. */
  private Piece other(String name, String key) {
    try {
      Draft draft = Schema.draft(root(), tool.schemaOf(name), where(name), key + " ");
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
