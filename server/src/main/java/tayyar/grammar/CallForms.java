package tayyar.grammar;

import static tayyar.grammar.Literals.literal;
import static tayyar.grammar.Piece.any;
import static tayyar.grammar.Piece.seq;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tayyar.api.Refused;
import tayyar.grammar.Piece.Any;
import tayyar.grammar.Piece.Chars;
import tayyar.grammar.Piece.Ref;
import tayyar.grammar.Piece.Text;
import tayyar.grammar.Piece.Times;

/**
 * Answers that call tools, as grammars. Where a model may choose, any text is an answer as well, up
 * to where it begins a call; from there on it is held to the tools that there are.
 */
public final class CallForms {

  /** The words that a schema of no parameters may have. */
  private static final Set<String> EMPTY_WORDS =
      Set.of("type", "properties", "required", "additionalProperties", "$schema", "title");

  private static final Piece ANY_BLANKS = new Times(new Chars(Blanks.SET), 0, Piece.ENDLESS);
  private static final Piece ANY_TEXT = new Times(new Chars(CharSet.ALL), 0, Piece.ENDLESS);

  private final CallShape shape;
  private final Map<String, Piece> rules = new LinkedHashMap<>();
  private final Map<String, Piece> arguments = new LinkedHashMap<>();
  private final boolean several;

  private CallForms(CallShape shape, List<Tool> tools, boolean several) {
    this.shape = shape;
    this.several = several;
    for (Tool tool : tools) {
      String prefix = "#" + arguments.size() + " ";
      CallShape.Parameters one = shape.parameters();
      Draft draft =
          one == null ? arguments(tool, prefix) : new ParameterForms(one, tool, prefix).draft();
      rules.putAll(draft.rules());
      arguments.put(tool.name(), draft.start());
    }
  }

  /**
   * The grammar of the answers. Takes its time.
   *
   * @param tools those that may be called, at least one
   * @param must whether one must be called
   * @param several whether more than one call may be written
   * @param other the form of an answer that calls nothing, or null for any text
   * @throws Refused if it can't be held
   */
  public static Grammar of(
      CallShape shape, List<Tool> tools, boolean must, boolean several, @Nullable Draft other) {
    var forms = new CallForms(shape, tools, several);
    Piece calls = seq(ANY_BLANKS, literal(shape.before()), forms.names(), forms.more());
    if (other != null) {
      forms.rules.putAll(other.rules());
    }
    Piece start = must ? calls : other != null ? any(calls, other.start()) : forms.textOrCalls();
    return Grammar.of(start, forms.rules, "tools");
  }

  /**
   * A schema that can't be held, or is of no object, is a hint alone, unless the tool is strict.
   */
  private static Draft arguments(Tool tool, String prefix) {
    String where = tool.where() + ".parameters";
    try {
      if (tool.parameters() instanceof Map<?, ?> schema && isOfObject(schema)) {
        return isEmpty(schema)
            ? Draft.of(seq("{", JsonPieces.BLANKS, "}"))
            : Schema.draft(schema, where, prefix);
      }
    } catch (Refused e) {
      if (tool.strict()) {
        throw e;
      }
    }
    return tool.parameters() == null
        ? Draft.of(seq("{", JsonPieces.BLANKS, "}"))
        : Schema.anyObject();
  }

  private static boolean isOfObject(Map<?, ?> schema) {
    return "object".equals(schema.get("type")) || schema.get("properties") instanceof Map<?, ?>;
  }

  /** A list of no parameters is meant to be one. */
  private static boolean isEmpty(Map<?, ?> schema) {
    Object properties = schema.get("properties");
    Object additional = schema.get("additionalProperties");
    return (properties == null || properties.equals(Map.of()))
        && (additional == null || Boolean.FALSE.equals(additional))
        && EMPTY_WORDS.containsAll(schema.keySet());
  }

  /** A name and its arguments. */
  private Piece names() {
    List<Piece> all = new ArrayList<>();
    arguments.forEach((name, its) -> all.add(seq(new Text(name), literal(shape.between()), its)));
    return named("#calls", new Any(all));
  }

  /** What follows the first call's arguments. */
  private Piece more() {
    Piece end = literal(shape.after());
    String again = several ? shape.again() : null;
    return named(
        "#more",
        again == null ? end : seq(new Times(seq(literal(again), names()), 0, Piece.ENDLESS), end));
  }

  private Piece named(String name, Piece piece) {
    rules.put(name, piece);
    return new Ref(name);
  }

  private Piece textOrCalls() {
    String mark = shape.mark();
    if (mark.isEmpty()) {
      return beginning("");
    }
    Piece calls = seq(literal(shape.behindMark()), names(), more());
    return Literals.until(mark, calls, true, "#seen ", rules);
  }

  /** An answer that may still become a call: a rule for each beginning of one. */
  private Piece beginning(String begin) {
    String name = "#begin " + begin;
    if (rules.putIfAbsent(name, Piece.NOTHING) != null) {
      return new Ref(name);
    }
    var next = new TreeMap<Integer, List<Piece>>();
    arguments.forEach(
        (tool, its) -> {
          String whole = shape.beginning(tool);
          if (whole.startsWith(begin)) {
            int c = whole.codePointAt(begin.length());
            String now = begin + Character.toString(c);
            Piece rest = literal(shape.between().strip().substring(1));
            next.computeIfAbsent(c, ignored -> new ArrayList<>())
                .add(now.equals(whole) ? seq(rest, its, more()) : beginning(now));
          }
        });
    List<Piece> all = new ArrayList<>(List.of(Piece.EMPTY));
    CharSet others = CharSet.ALL;
    if (CallShape.blanksMayFollow(begin)) {
      others = others.minus(Blanks.SET);
      all.add(seq(new Chars(Blanks.SET), new Ref(name)));
    }
    for (Map.Entry<Integer, List<Piece>> each : next.entrySet()) {
      CharSet one = CharSet.of(each.getKey(), each.getKey());
      others = others.minus(one);
      all.add(seq(new Chars(one), new Any(each.getValue().stream().distinct().toList())));
    }
    all.add(seq(new Chars(others), ANY_TEXT));
    return named(name, new Any(all));
  }
}
