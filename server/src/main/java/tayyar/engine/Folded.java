package tayyar.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tayyar.api.Message;
import tayyar.api.Message.Role;
import tayyar.calls.Tools;
import tayyar.grammar.CallShape;
import tayyar.grammar.Json;

/**
 * A conversation with tools for a template that knows none: tools become an instruction, calls and
 * results become text.
 */
final class Folded {
  private static final String INTRODUCTION = "You can call tools. These are there, as JSON:\n";
  private static final String MAY =
      "\nTo call one, answer with a JSON object alone: "
          + "{\"name\": the tool's name, \"arguments\": its arguments}.";
  private static final String MUST = " Call one of them now.";
  private static final String RESULT = "The tool answered:\n";

  private Folded() {}

  /** The same conversation with calls and results as text. */
  static List<Message> messages(List<Message> messages, CallShape shape) {
    var all = new ArrayList<Message>();
    for (int place = 0; place < messages.size(); place++) {
      Message message = messages.get(place);
      switch (message.role()) {
        case TOOL, FUNCTION -> addResult(all, message.content());
        case ASSISTANT -> all.add(new Message(Role.ASSISTANT, withCalls(message, place, shape)));
        default -> all.add(message);
      }
    }
    return all;
  }

  /**
   * The same conversation with tools as an instruction.
   *
   * @param instructs whether the template takes instructions; they go to the first question if not
   */
  static List<Message> instructed(List<Message> messages, Tools tools, boolean instructs) {
    var all = new ArrayList<Message>(messages);
    instruct(all, instruction(tools), instructs);
    return all;
  }

  private static void addResult(List<Message> all, String content) {
    Message last = all.isEmpty() ? null : all.getLast();
    boolean joins = last != null && last.role() == Role.USER && last.content().startsWith(RESULT);
    if (last != null && joins) {
      all.removeLast();
      all.add(new Message(Role.USER, last.content() + "\n" + RESULT + content));
    } else {
      all.add(new Message(Role.USER, RESULT + content));
    }
  }

  private static String withCalls(Message message, int place, CallShape shape) {
    var text = new StringBuilder(message.content());
    if (!message.json().isEmpty()) {
      String where = "messages[" + place + "]";
      var whole = (Map<?, ?>) Json.read(message.json(), where);
      for (Conversation.Call call : Conversation.calls(whole, where)) {
        text.append(text.isEmpty() ? "" : "\n")
            .append(shape.before())
            .append(call.name())
            .append(shape.between())
            .append(call.arguments())
            .append(shape.after());
      }
    }
    return text.toString();
  }

  private static String instruction(Tools tools) {
    var text = new StringBuilder(INTRODUCTION);
    tools.told().forEach(tool -> text.append(Json.written(tool)).append('\n'));
    return text.append(MAY.strip()).append(tools.must() ? MUST : "").toString();
  }

  private static void instruct(List<Message> all, String instruction, boolean instructs) {
    Role to = instructs ? Role.SYSTEM : Role.USER;
    for (int i = 0; i < all.size(); i++) {
      Message message = all.get(i);
      Role role = message.role() == Role.DEVELOPER ? Role.SYSTEM : message.role();
      if (role == to && (!instructs || i == 0)) {
        String both =
            instructs
                ? message.content() + "\n\n" + instruction
                : instruction + "\n\n" + message.content();
        all.set(i, new Message(to, both));
        return;
      }
    }
    all.addFirst(new Message(to, instruction));
  }
}
