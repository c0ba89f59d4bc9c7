package tayyar.engine;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tayyar.api.Message;
import tayyar.api.Refused;
import tayyar.engine.CallHabit.Rendering;
import tayyar.engine.Conversation.Style;
import tayyar.grammar.CallShape;
import tayyar.grammar.CallShape.Around;
import tayyar.grammar.CallShape.Parameters;
import tayyar.jinja.Fault;
import tayyar.jinja.Raised;

/** What a template writes around calls, if its values come in one style. */
final class CallTrial {
  private static final String THOUGHT_END = "</think>";

  /** Numbers that count the calls. */
  private static final Pattern NUMBER = Pattern.compile("(?<=[\":\\s])\\d+(?=[\",<}\\]\\s])");

  private static final Pattern JSON =
      Pattern.compile(
          "\\{\\s*\"first_key\"\\s*:\\s*\"first_value\"\\s*,"
              + "\\s*\"other_key\"\\s*:\\s*\"other_value\"\\s*\\}");

  private final Rendering template;
  private final List<String> ends;
  private final Style style;

  /** A conversation without calls, and where its answer stands; empty if it is refused. */
  private final String plain;

  private final int answer;

  /** The prompt for an answer, and conversations with one call; empty if they are refused. */
  private final String prompt;

  private final String call;

  CallTrial(Rendering template, List<String> ends, Style style) {
    this.template = template;
    this.ends = ends;
    this.style = style;
    plain = rendered(false, TrialCalls.QUESTION, TrialCalls.ANSWER);
    answer = plain.indexOf(TrialCalls.TEXT);
    prompt = rendered(true, TrialCalls.QUESTION);
    call = called(TrialCalls.texts());
  }

  private String called(String... arguments) {
    return rendered(false, TrialCalls.QUESTION, TrialCalls.calls(style.ids(), arguments));
  }

  private String rendered(boolean asks, Message... messages) {
    try {
      return template.of(List.of(messages), TrialCalls.TOOLS, asks, style);
    } catch (Fault | Raised | Refused e) {
      return "";
    }
  }

  private boolean tellsTools() {
    return prompt.contains(TrialCalls.NAME);
  }

  /** What a prompt says of tools; empty where it says nothing. */
  String told() {
    return tellsTools() ? prompt : "";
  }

  /** Whether arguments are told, and not as Python shows them. */
  boolean tellsArguments() {
    return call.contains(TrialCalls.VALUE) && !call.contains("'" + TrialCalls.KEY + "'");
  }

  /** The shape, or null where calls and their results are not told. */
  @Nullable CallShape shape() {
    String result =
        rendered(
            true,
            TrialCalls.QUESTION,
            TrialCalls.calls(style.ids(), TrialCalls.texts()),
            TrialCalls.result(style.ids()));
    if (!tellsTools() || !result.contains(TrialCalls.RESULT)) {
      return null;
    }
    Matcher json = JSON.matcher(call);
    return json.find() ? ofJson(json.start(), json.end()) : style.textArguments() ? null : ofEach();
  }

  private @Nullable CallShape ofJson(int from, int to) {
    int name = call.lastIndexOf(TrialCalls.NAME, from);
    String before = name < 0 ? null : before(name);
    if (before == null) {
      return null;
    }
    String between = call.substring(name + TrialCalls.NAME.length(), from);
    String plain = CallShape.withoutBlanks(between);
    boolean told = !plain.isEmpty() && !Character.isLetterOrDigit(plain.charAt(0));
    return told ? checked(before, between, ended(call.substring(to)), againJson(), null) : null;
  }

  /** What stands between two calls, or null where there can't be two. */
  private @Nullable String againJson() {
    String two = called(TrialCalls.texts(), TrialCalls.texts());
    Matcher json = JSON.matcher(two);
    return json.find() ? between(two, json.end()) : null;
  }

  private @Nullable String between(String two, int from) {
    int name = two.indexOf(TrialCalls.SECOND_NAME, from);
    if (name < 0) {
      return null;
    }
    String again = two.substring(from, name);
    return ends.stream().anyMatch(again::contains) ? null : again;
  }

  /** What stands between a turn's beginning, or its thoughts, and the call's name. */
  private @Nullable String before(int name) {
    int begin =
        Stream.of(prompt, plain.substring(0, Math.max(answer, 0)))
            .filter(header -> call.startsWith(header) && header.length() <= name)
            .mapToInt(String::length)
            .max()
            .orElse(sameBeginning());
    if (begin < 0 || begin > name) {
      return null;
    }
    String before = call.substring(begin, name);
    int thought = before.lastIndexOf(THOUGHT_END);
    return thought < 0 ? before : before.substring(thought + THOUGHT_END.length());
  }

  /**
   * Where a turn begins whose prompt has something more, such as the sign of a thought: behind the
   * last mark or line that both have.
   */
  private int sameBeginning() {
    int same = 0;
    while (same < Math.min(prompt.length(), call.length())
        && prompt.charAt(same) == call.charAt(same)) {
      same++;
    }
    String both = call.substring(0, same);
    return Math.max(both.lastIndexOf('>'), both.lastIndexOf('\n')) + 1;
  }

  /** What stands behind a call, without what ends the turn. */
  private String ended(String rest) {
    String turn = answer < 0 ? "" : plain.substring(answer + TrialCalls.TEXT.length());
    int end =
        ends.stream().mapToInt(rest::indexOf).filter(at -> at >= 0).min().orElse(rest.length());
    if (!turn.isBlank() && rest.endsWith(turn)) {
      end = Math.min(end, rest.length() - turn.length());
    }
    return rest.substring(0, end);
  }

  private @Nullable CallShape checked(
      String before,
      String between,
      String after,
      @Nullable String again,
      @Nullable Parameters parameters) {
    var shape =
        new CallShape(
            general(before).strip(),
            general(between),
            general(after).stripTrailing(),
            again == null ? null : general(again),
            parameters);
    boolean told =
        parameters == null
            ? !shape.before().isEmpty()
            : !shape.mark().isEmpty() && !shape.after().isEmpty();
    // What was said in the trial is no part of a shape: the template tells it twice.
    return told && TrialCalls.SAID.stream().noneMatch(shape.toString()::contains) ? shape : null;
  }

  /** A text with slots for ids and for numbers that count. */
  private String general(String text) {
    String plain =
        text.replace(TrialCalls.id(style.ids(), true), String.valueOf(CallShape.ID))
            .replace(TrialCalls.id(style.ids(), false), String.valueOf(CallShape.ID));
    return NUMBER.matcher(plain).replaceAll(String.valueOf(CallShape.NUMBER));
  }

  /** Two parameters in a call, and what stands around them. */
  private record Pair(int name, String open, String before, String middle, String rest) {
    static @Nullable Pair in(String call, String value, String other) {
      int key = call.indexOf(TrialCalls.KEY, call.lastIndexOf(TrialCalls.NAME));
      int one = key < 0 ? -1 : call.indexOf(value, key);
      int next = one < 0 ? -1 : call.indexOf(TrialCalls.OTHER_KEY, one);
      int two = next < 0 ? -1 : call.indexOf(other, next);
      int name = key < 0 ? -1 : call.lastIndexOf(TrialCalls.NAME, key);
      if (two < 0 || name < 0) {
        return null;
      }
      return new Pair(
          name,
          call.substring(name + TrialCalls.NAME.length(), key),
          call.substring(key + TrialCalls.KEY.length(), one),
          call.substring(one + value.length(), next),
          call.substring(two + other.length()));
    }
  }

  private @Nullable CallShape ofEach() {
    Pair texts = Pair.in(call, TrialCalls.VALUE, TrialCalls.OTHER_VALUE);
    String number = called(TrialCalls.numbers());
    Pair numbers = Pair.in(number, TrialCalls.NUMBER, TrialCalls.OTHER_NUMBER);
    String before = texts == null ? null : before(texts.name());
    if (texts == null || numbers == null || before == null) {
      return null;
    }
    String rest = ended(texts.rest());
    String close = close(texts.middle(), rest);
    String next = texts.middle().substring(close.length());
    String after = rest.substring(close.length());
    String none = none(after);
    boolean same =
        texts.open().equals(numbers.open())
            && first(texts.before()) != 0
            && first(texts.before()) == first(numbers.before());
    if (close.isBlank() || none == null || !same || !numbers.middle().endsWith(next)) {
      return null;
    }
    String closeNumber = numbers.middle().substring(0, numbers.middle().length() - next.length());
    var parameters =
        new Parameters(
            general(texts.open()),
            general(next),
            general(none),
            new Around(general(texts.before()), close),
            new Around(general(numbers.before()), closeNumber));
    return checked(before, "", after, againEach(close), parameters);
  }

  private static char first(String text) {
    String plain = text.strip();
    return plain.isEmpty() ? 0 : plain.charAt(0);
  }

  /** What ends a value: the same before another one and at the end, up to the end of a mark. */
  private static String close(String middle, String rest) {
    int same = 0;
    while (same < Math.min(middle.length(), rest.length())
        && middle.charAt(same) == rest.charAt(same)) {
      same++;
    }
    return middle.substring(0, middle.substring(0, same).lastIndexOf('>') + 1);
  }

  /**
   * What stands behind the name of a call without arguments, or null where it is something else.
   */
  private @Nullable String none(String after) {
    String empty = called("{}");
    int name = empty.lastIndexOf(TrialCalls.NAME);
    if (name < 0) {
      return null;
    }
    String rest = ended(empty.substring(name + TrialCalls.NAME.length())).stripTrailing();
    String end = after.strip();
    return rest.endsWith(end) ? rest.substring(0, rest.length() - end.length()).strip() : null;
  }

  private @Nullable String againEach(String close) {
    String two = called(TrialCalls.texts(), TrialCalls.texts());
    int value = two.indexOf(TrialCalls.OTHER_VALUE + close);
    return value < 0
        ? null
        : between(two, value + TrialCalls.OTHER_VALUE.length() + close.length());
  }
}
