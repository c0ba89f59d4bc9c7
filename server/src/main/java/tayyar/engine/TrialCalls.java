package tayyar.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import tayyar.api.Message;
import tayyar.api.Message.Role;
import tayyar.engine.Conversation.Ids;
import tayyar.grammar.Json;

/** The conversation with tools that a template is tried on. */
final class TrialCalls {
  static final String NAME = "first_name";
  static final String SECOND_NAME = "second_name";
  static final String KEY = "first_key";
  static final String OTHER_KEY = "other_key";
  static final String VALUE = "first_value";
  static final String OTHER_VALUE = "other_value";
  static final String NUMBER = "73515";
  static final String OTHER_NUMBER = "73516";

  /** What an answer without calls says. */
  static final String TEXT = "first_text";

  /** What the tool answers. */
  static final String RESULT = "first_result";

  /** What no template says by itself. */
  static final List<String> SAID =
      List.of(NAME, SECOND_NAME, KEY, OTHER_KEY, VALUE, OTHER_VALUE, NUMBER, OTHER_NUMBER, RESULT);

  static final Message QUESTION = new Message(Role.USER, "Hi");
  static final Message ANSWER = new Message(Role.ASSISTANT, TEXT);
  static final List<Object> TOOLS = List.of(tool(NAME), tool(SECOND_NAME));

  private TrialCalls() {}

  private static Object tool(String name) {
    String one = "\":{\"type\":\"string\",\"description\":\"what\"}";
    return Json.read(
        "{\"type\":\"function\",\"function\":{\"name\":\""
            + name
            + "\",\"description\":\"tells\",\"parameters\":{\"type\":\"object\",\"properties\":{\""
            + KEY
            + one
            + ",\""
            + OTHER_KEY
            + one
            + "},\"required\":[\""
            + KEY
            + "\"]}}}",
        "");
  }

  /** Arguments with two strings. */
  static String texts() {
    return arguments('"' + VALUE + '"', '"' + OTHER_VALUE + '"');
  }

  /** Arguments with two numbers. */
  static String numbers() {
    return arguments(NUMBER, OTHER_NUMBER);
  }

  private static String arguments(String one, String other) {
    return "{\"" + KEY + "\": " + one + ", \"" + OTHER_KEY + "\": " + other + "}";
  }

  /** A message with a call for each of these arguments, of the first tool and then the second. */
  static Message calls(Ids ids, String... arguments) {
    var all = new ArrayList<String>();
    for (String each : arguments) {
      boolean first = all.isEmpty();
      all.add(
          "{\"id\":"
              + Json.quoted(id(ids, first))
              + ",\"function\":{\"name\":"
              + Json.quoted(first ? NAME : SECOND_NAME)
              + ",\"arguments\":"
              + Json.quoted(each)
              + "}}");
    }
    String json = "{\"tool_calls\":[" + String.join(",", all) + "]}";
    byte[] body = json.getBytes(UTF_8);
    return new Message(Role.ASSISTANT, body, 0, body.length, new int[0]);
  }

  /** The answer to the first call. */
  static Message result(Ids ids) {
    String more = "{\"name\":\"" + NAME + "\",\"tool_call_id\":" + Json.quoted(id(ids, true)) + "}";
    byte[] body = (RESULT + more).getBytes(UTF_8);
    return new Message(
        Role.TOOL, body, RESULT.length(), body.length, new int[] {0, RESULT.length()});
  }

  static String id(Ids ids, boolean first) {
    return ids == Ids.SHORT
        ? first ? "firstcall" : "secondcal"
        : first ? "call_first" : "call_second";
  }
}
