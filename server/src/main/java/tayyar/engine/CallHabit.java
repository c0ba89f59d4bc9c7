package tayyar.engine;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tayyar.api.Message;
import tayyar.api.Message.Role;
import tayyar.api.Refused;
import tayyar.engine.Conversation.Ids;
import tayyar.engine.Conversation.Style;
import tayyar.grammar.CallShape;
import tayyar.grammar.Json;
import tayyar.jinja.Fault;
import tayyar.jinja.Raised;

/**
 * How a model calls tools, learned from its template: a conversation with calls is rendered, and
 * what the template writes around a call is what the model was taught to write.
 *
 * @param knowsTools whether the template tells of tools, calls and results
 * @param style how it wants its values
 */
record CallHabit(boolean knowsTools, Style style, CallShape shape) {
  private static final String THOUGHT_END = "</think>";
  private static final String TEXT = "first_text";
  private static final String RESULT = "first_result";
  private static final Message QUESTION = new Message(Role.USER, "Hi");

  /** Numbers that count the calls. */
  private static final Pattern NUMBER = Pattern.compile("(?<=[\":\\s])\\d+(?=[\",<}\\]\\s])");

  private static final List<Object> TOOLS =
      List.of(
          Json.read(tool("first_name", "first_key"), ""),
          Json.read(tool("second_name", "second_key"), ""));

  private static String tool(String name, String key) {
    return "{\"type\":\"function\",\"function\":{\"name\":\""
        + name
        + "\",\"description\":\"tells\",\"parameters\":{\"type\":\"object\",\"properties\":{\""
        + key
        + "\":{\"type\":\"string\",\"description\":\"what\"}},\"required\":[\""
        + key
        + "\"]}}}";
  }

  /** Renders a conversation of the trial. */
  interface Rendering {
    /**
     * What the template makes of it.
     *
     * @param asks whether the prompt for an answer follows
     * @throws Fault if it fails
     * @throws Raised if it refuses
     */
    String of(List<Message> messages, List<Object> tools, boolean asks, Style style);
  }

  /**
   * Learns it.
   *
   * @param ends the names of the tokens that end an answer
   */
  static CallHabit of(Rendering template, List<String> ends, boolean inParts) {
    for (Ids ids : Ids.values()) {
      for (boolean text : new boolean[] {false, true}) {
        var style = new Style(inParts, text, ids);
        CallShape shape = new Trial(template, ends, style).shape();
        if (shape != null) {
          return new CallHabit(true, style, shape);
        }
      }
    }
    return new CallHabit(false, new Style(inParts, false, Ids.ANY), CallShape.PLAIN);
  }

  /** What was found of one call. */
  private record Found(int name, int from, int to) {}

  /** A template is asked in one style. */
  private record Trial(Rendering template, List<String> ends, Style style) {

    @Nullable CallShape shape() {
      String prompt = rendered(true, QUESTION);
      String one = rendered(false, QUESTION, calls(1));
      if (prompt == null || one == null || !prompt.contains("first_name")) {
        return null;
      }
      Found call = find(one, "first", 0);
      String result = rendered(true, QUESTION, calls(1), result());
      if (call == null || result == null || !result.contains(RESULT)) {
        return null;
      }
      String plain = rendered(false, QUESTION, new Message(Role.ASSISTANT, TEXT));
      String before = before(one, call, prompt, plain);
      String between = one.substring(call.name() + "first_name".length(), call.from());
      String after = ended(one.substring(call.to()), plain);
      return before == null ? null : checked(before, between, after, again());
    }

    /** What stands between two calls, or null where there can't be two. */
    private @Nullable String again() {
      String two = rendered(false, QUESTION, calls(2));
      Found first = two == null ? null : find(two, "first", 0);
      Found second = two == null || first == null ? null : find(two, "second", first.to());
      if (two == null || first == null || second == null || second.name() < first.to()) {
        return null;
      }
      String again = two.substring(first.to(), second.name());
      return ends.stream().anyMatch(again::contains) ? null : again;
    }

    /** Where the call of a trial stands: its name, and its arguments as JSON. */
    private static @Nullable Found find(String text, String which, int from) {
      Matcher arguments =
          Pattern.compile("\\{\\s*\"" + which + "_key\"\\s*:\\s*\"" + which + "_value\"\\s*\\}")
              .matcher(text);
      if (!arguments.find(from)) {
        return null;
      }
      int name = text.lastIndexOf(which + "_name", arguments.start());
      return name < 0 ? null : new Found(name, arguments.start(), arguments.end());
    }

    private static @Nullable String before(
        String one, Found call, String prompt, @Nullable String plain) {
      int text = plain == null ? -1 : plain.indexOf(TEXT);
      int begin =
          Stream.of(prompt, text < 0 ? prompt : String.valueOf(plain).substring(0, text))
              .filter(header -> one.startsWith(header) && header.length() <= call.name())
              .mapToInt(String::length)
              .max()
              .orElse(-1);
      if (begin < 0) {
        begin = one.lastIndexOf(THOUGHT_END, call.name());
      }
      if (begin < 0) {
        return null;
      }
      String before = one.substring(begin, call.name());
      int thought = before.lastIndexOf(THOUGHT_END);
      return thought < 0 ? before : before.substring(thought + THOUGHT_END.length());
    }

    /** What stands behind a call, without what ends the turn. */
    private String ended(String rest, @Nullable String plain) {
      int text = plain == null ? -1 : plain.indexOf(TEXT);
      String turn = text < 0 ? "" : String.valueOf(plain).substring(text + TEXT.length());
      int end =
          ends.stream().mapToInt(rest::indexOf).filter(at -> at >= 0).min().orElse(rest.length());
      if (!turn.isBlank() && rest.endsWith(turn)) {
        end = Math.min(end, rest.length() - turn.length());
      }
      return rest.substring(0, end);
    }

    private @Nullable CallShape checked(
        String before, String between, String after, @Nullable String again) {
      var shape =
          new CallShape(
              plain(before).strip(),
              plain(between),
              plain(after).stripTrailing(),
              again == null ? null : plain(again));
      String plain = CallShape.withoutBlanks(between);
      boolean told = !plain.isEmpty() && !Character.isLetterOrDigit(plain.charAt(0));
      return told && !shape.before().isEmpty() ? shape : null;
    }

    private static String plain(String text) {
      String plain =
          text.replaceAll("call_first0?|firstcall|call_second0?|secondcal", "" + CallShape.ID);
      return NUMBER.matcher(plain).replaceAll("" + CallShape.NUMBER);
    }

    private Message calls(int count) {
      String first = call("first");
      String calls = count == 1 ? first : first + "," + call("second");
      return message(Role.ASSISTANT, "{\"tool_calls\":[" + calls + "]}");
    }

    private String call(String which) {
      return "{\"id\":\""
          + id(which)
          + "\",\"function\":{\"name\":\""
          + which
          + "_name\",\"arguments\":\"{\\\""
          + which
          + "_key\\\": \\\""
          + which
          + "_value\\\"}\"}}";
    }

    private String id(String which) {
      return switch (style.ids()) {
        case SHORT -> (which + "call").substring(0, 9);
        case ANY, NAMED -> "call_" + which;
      };
    }

    private Message result() {
      byte[] text = ('"' + RESULT + '"').getBytes(StandardCharsets.UTF_8);
      String json = "{\"name\":\"first_name\",\"tool_call_id\":\"" + id("first") + "\"}";
      byte[] more = json.getBytes(StandardCharsets.UTF_8);
      byte[] body = new byte[text.length + more.length];
      System.arraycopy(text, 0, body, 0, text.length);
      System.arraycopy(more, 0, body, text.length, more.length);
      return new Message(Role.TOOL, body, text.length, body.length, new int[] {1, text.length - 1});
    }

    private static Message message(Role role, String json) {
      byte[] body = json.getBytes(StandardCharsets.UTF_8);
      return new Message(role, body, 0, body.length, new int[0]);
    }

    private @Nullable String rendered(boolean asks, Message... messages) {
      try {
        return template.of(List.of(messages), TOOLS, asks, style);
      } catch (Fault | Raised | Refused e) {
        return null;
      }
    }
  }
}
