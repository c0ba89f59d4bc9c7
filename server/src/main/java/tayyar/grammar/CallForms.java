package tayyar.grammar;

import static tayyar.grammar.Piece.any;
import static tayyar.grammar.Piece.seq;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tayyar.api.InferenceRequest;
import tayyar.api.Refused;
import tayyar.grammar.Piece.Any;
import tayyar.grammar.Piece.Chars;
import tayyar.grammar.Piece.Ref;
import tayyar.grammar.Piece.Seq;
import tayyar.grammar.Piece.Text;
import tayyar.grammar.Piece.Times;

/**
 * Answers that call tools, as grammars. Where a model may choose, any text is an answer as well, up
 * to where it begins a call; from there on it is held to the tools that there are.
 */
public final class CallForms {
  private static final int ID_CHARS_MAX = 40;
  private static final int NUMBER_DIGITS_MAX = 4;
  private static final Chars ID =
      new Chars(CharSet.of('a', 'z', 'A', 'Z', '0', '9', '_', '_', '-', '-'));

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
      Draft draft = arguments(tool, "#" + arguments.size() + " ");
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
   * @param text what holds an answer that calls nothing, or null for any text
   * @throws Refused if it can't be held
   */
  public static Grammar of(
      CallShape shape,
      List<Tool> tools,
      boolean must,
      boolean several,
      InferenceRequest.@Nullable Form text,
      String json) {
    var forms = new CallForms(shape, tools, several);
    Piece calls = seq(ANY_BLANKS, forms.literal(shape.before()), forms.names(), forms.more());
    Draft other = must || text == null ? null : Forms.draft(text.member(), json);
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

  /** What a shape says, with any blanks where blanks may stand. */
  private Piece literal(String text) {
    List<Piece> all = new ArrayList<>();
    var run = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean close = "}]".indexOf(c) >= 0 && (i == 0 || "}]".indexOf(text.charAt(i - 1)) >= 0);
      if (Blanks.is(c) || c == CallShape.ID || c == CallShape.NUMBER || close) {
        flush(run, all);
      }
      if (c == CallShape.ID) {
        all.add(new Times(ID, 1, ID_CHARS_MAX));
      } else if (c == CallShape.NUMBER) {
        all.add(new Times(JsonPieces.DIGIT, 1, NUMBER_DIGITS_MAX));
      } else if (Blanks.is(c) || close) {
        blanks(all);
      }
      if (c != CallShape.ID && c != CallShape.NUMBER && !Blanks.is(c)) {
        run.append(c);
        if (Blanks.mayFollow(c)) {
          flush(run, all);
          blanks(all);
        }
      }
    }
    flush(run, all);
    return new Seq(all);
  }

  private static void blanks(List<Piece> all) {
    if (all.isEmpty() || !all.getLast().equals(JsonPieces.BLANKS)) {
      all.add(JsonPieces.BLANKS);
    }
  }

  private static void flush(StringBuilder run, List<Piece> all) {
    if (!run.isEmpty()) {
      all.add(new Text(run.toString()));
      run.setLength(0);
    }
  }

  private Piece textOrCalls() {
    String mark = shape.mark();
    return mark.isEmpty() ? beginning("") : searching(mark, 0);
  }

  /** Text in which so much of the mark was just seen: a rule for each length. */
  private Piece searching(String mark, int seen) {
    String name = "#seen " + seen;
    if (rules.putIfAbsent(name, Piece.NOTHING) != null) {
      return new Ref(name);
    }
    List<Piece> all = new ArrayList<>(List.of(Piece.EMPTY));
    CharSet others = CharSet.ALL;
    for (int c : new TreeSet<>(mark.codePoints().boxed().toList())) {
      CharSet one = CharSet.of(c, c);
      others = others.minus(one);
      String now = mark.substring(0, seen) + Character.toString(c);
      Piece then =
          now.equals(mark)
              ? seq(literal(shape.behindMark()), names(), more())
              : searching(mark, overlap(mark, now));
      all.add(seq(new Chars(one), then));
    }
    all.add(seq(new Chars(others), searching(mark, 0)));
    return named(name, new Any(all));
  }

  /** The most characters that a text ends and the mark begins with. */
  private static int overlap(String mark, String text) {
    int length = Math.min(text.length(), mark.length() - 1);
    while (!text.endsWith(mark.substring(0, length))) {
      length--;
    }
    return length;
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
