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
      if (one == null) {
        Draft draft = arguments(tool, prefix);
        rules.putAll(draft.rules());
        arguments.put(tool.name(), draft.start());
      } else {
        arguments.put(tool.name(), new ParameterForms(one, tool, prefix, rules).start());
      }
      checkSize();
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
    Piece calls =
        seq(ANY_BLANKS, shape.mark(), literal(shape.behindMark()), forms.names(), forms.more());
    if (other != null) {
      forms.rules.putAll(other.rules());
    }
    Piece start = must ? calls : other != null ? any(calls, other.start()) : forms.textOrCalls();
    return Grammar.of(start, forms.rules, "tools");
  }

  /** What is too large for a grammar is not made before it is refused. */
  private void checkSize() {
    if (rules.size() > Grammar.NODES_MAX) {
      throw Net.tooLarge("tools", Grammar.NODES_MAX);
    }
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
  static boolean isEmpty(Map<?, ?> schema) {
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
      Piece rest = literal(shape.between().strip().substring(1));
      var calls = new LinkedHashMap<String, Piece>();
      Piece more = more();
      arguments.forEach(
          (name, its) -> calls.put(shape.beginning(name, false), seq(rest, its, more)));
      return beginning("", calls);
    }
    Piece calls = seq(literal(shape.behindMark()), names(), more());
    return Literals.until(mark, calls, true, "#seen ", rules);
  }

  /**
   * An answer that may still become a call: a rule for each beginning of one.
   *
   * @param calls what follows the whole beginning of each that this may be
   */
  private Piece beginning(String begin, Map<String, Piece> calls) {
    checkSize();
    String name = "#begin " + begin;
    rules.put(name, Piece.NOTHING);
    var next = new TreeMap<Integer, Map<String, Piece>>();
    calls.forEach(
        (whole, then) ->
            next.computeIfAbsent(
                    whole.codePointAt(begin.length()), ignored -> new LinkedHashMap<>())
                .put(whole, then));
    List<Piece> all = new ArrayList<>(List.of(Piece.EMPTY));
    CharSet others = CharSet.ALL;
    if (CallShape.blanksMayFollow(begin)) {
      others = others.minus(Blanks.SET);
      all.add(seq(new Chars(Blanks.SET), new Ref(name)));
    }
    for (Map.Entry<Integer, Map<String, Piece>> each : next.entrySet()) {
      CharSet one = CharSet.of(each.getKey(), each.getKey());
      others = others.minus(one);
      String now = begin + Character.toString(each.getKey());
      Piece then = each.getValue().get(now);
      all.add(seq(new Chars(one), then != null ? then : beginning(now, each.getValue())));
    }
    all.add(seq(new Chars(others), ANY_TEXT));
    return named(name, new Any(all));
  }
}
