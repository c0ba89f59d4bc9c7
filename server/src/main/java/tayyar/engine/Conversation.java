package tayyar.engine;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Message;
import tayyar.api.Message.Role;
import tayyar.api.Refused;
import tayyar.calls.InputText;
import tayyar.grammar.Json;
import tayyar.jinja.Text;

/** A conversation as a template's values. Everything in it was said by somebody. */
final class Conversation {
  /** Members of a message that a template gets as they are. */
  private static final List<String> TEXTS = List.of("name", "reasoning_content");

  private static final int SHORT_ID = 9;

  /** How the ids of calls look. */
  enum Ids {
    /** In any way. */
    ANY,
    /** Nine letters and digits. */
    SHORT,
    /** By the tool's name and the call's number in the conversation. */
    NAMED
  }

  /**
   * How a template wants its values.
   *
   * @param inParts whether a content is a list of parts, as templates of models that see want it
   * @param textArguments whether a call's arguments are a text rather than an object
   */
  record Style(boolean inParts, boolean textArguments, Ids ids) {
    static final Style PLAIN = new Style(false, false, Ids.ANY);
  }

  private final Style style;
  private final List<Map<String, @Nullable Object>> values = new ArrayList<>();

  /** What calls are named here, by the ids that they were sent with. */
  private final Map<String, String> named = new HashMap<>();

  private int calls;

  private Conversation(Style style) {
    this.style = style;
  }

  static List<Map<String, @Nullable Object>> values(List<Message> messages, Style style) {
    var conversation = new Conversation(style);
    messages.forEach(conversation::add);
    return conversation.values;
  }

  private void add(Message message) {
    var one = new LinkedHashMap<String, @Nullable Object>();
    one.put("role", role(message));
    Text said = Text.said(message.content());
    one.put("content", style.inParts() ? List.of(Map.of("type", "text", "text", said)) : said);
    if (!message.json().isEmpty()) {
      more(one, (Map<?, ?>) Json.read(message.json(), place()));
    }
    values.add(one);
  }

  private String place() {
    return "messages[" + values.size() + "]";
  }

  /** Templates know the older word for instructions, and the newer one for a tool's results. */
  private static String role(Message message) {
    return switch (message.role()) {
      case DEVELOPER -> Role.SYSTEM.wire();
      case FUNCTION -> Role.TOOL.wire();
      default -> message.role().wire();
    };
  }

  private void more(Map<String, @Nullable Object> one, Map<?, ?> message) {
    for (String name : TEXTS) {
      if (message.get(name) instanceof String text) {
        one.put(name, Text.said(text));
      }
    }
    if (message.get("tool_call_id") instanceof String id) {
      one.put("tool_call_id", Text.said(named.getOrDefault(id, id(id))));
    }
    List<Call> calls = calls(message, place());
    if (!calls.isEmpty()) {
      var all = new ArrayList<Object>();
      for (Call call : calls) {
        all.add(value(call));
      }
      one.put("tool_calls", all);
    }
  }

  /**
   * A call in a message.
   *
   * @param id empty where it has none
   * @param arguments as they were sent
   */
  record Call(String id, String name, String arguments) {
    /** The arguments as {@link Json} reads them, or the text where they are no object. */
    Object read() {
      try {
        Object value = Json.read(arguments, "messages");
        return value instanceof Map<?, ?> ? value : arguments;
      } catch (Refused e) {
        return arguments;
      }
    }
  }

  /** The calls in a message, of the newer and the older form. */
  static List<Call> calls(Map<?, ?> message, String place) {
    List<Call> calls = new ArrayList<>();
    Object all = message.get("tool_calls");
    if (all != null && !all.equals(Json.NULL)) {
      for (Object each : all instanceof List<?> list ? list : List.of(all)) {
        Map<?, ?> call = object(each, place + ".tool_calls");
        String id = call.get("id") instanceof String text ? text : "";
        calls.add(
            "custom".equals(call.get("type"))
                ? custom(id, call.get("custom"), place + ".tool_calls")
                : call(id, call.get("function"), place + ".tool_calls"));
      }
    }
    Object old = message.get("function_call");
    if (calls.isEmpty() && old != null && !old.equals(Json.NULL)) {
      calls.add(call("", old, place + ".function_call"));
    }
    return calls;
  }

  private static Call call(String id, @Nullable Object function, String place) {
    Map<?, ?> its = object(function, place);
    if (!(its.get("name") instanceof String name)) {
      throw wrong(place);
    }
    return new Call(
        id,
        name,
        switch (its.get("arguments")) {
          case null -> "{}";
          case String text -> text;
          case Object value -> value.equals(Json.NULL) ? "{}" : Json.written(value);
        });
  }

  private static Call custom(String id, @Nullable Object custom, String place) {
    Map<?, ?> its = object(custom, place);
    if (its.get("name") instanceof String name && its.get("input") instanceof String input) {
      return new Call(id, name, Json.written(InputText.arguments(input)));
    }
    throw wrong(place);
  }

  private static Map<?, ?> object(@Nullable Object value, String place) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw wrong(place);
  }

  private static Refused wrong(String place) {
    return new Refused(
        new ApiError.InvalidValue(place, "must hold calls with a name, and arguments or input."));
  }

  private Map<String, @Nullable Object> value(Call call) {
    var function = new LinkedHashMap<String, @Nullable Object>();
    function.put("name", Text.said(call.name()));
    function.put("arguments", said(style.textArguments() ? call.arguments() : call.read()));
    var value = new LinkedHashMap<String, @Nullable Object>();
    String id = id(call.id());
    if (style.ids() == Ids.NAMED) {
      id = "functions." + call.name() + ":" + calls++;
      named.put(call.id(), id);
    }
    value.put("id", Text.said(id));
    value.put("type", "function");
    value.put("function", function);
    return value;
  }

  /** An id as the template takes it; a short one may come from another one's number. */
  private String id(String id) {
    if (style.ids() != Ids.SHORT || id.matches("[A-Za-z0-9]{" + SHORT_ID + "}")) {
      return id;
    }
    String digits = Integer.toUnsignedString(id.hashCode(), Character.MAX_RADIX);
    return "0".repeat(SHORT_ID - digits.length()) + digits;
  }

  /** A value that somebody sent, names of members included. */
  static @Nullable Object said(Object json) {
    return switch (json) {
      case Map<?, ?> map -> {
        var all = new LinkedHashMap<Text, @Nullable Object>();
        map.forEach((name, its) -> all.put(Text.said((String) name), said(its)));
        yield all;
      }
      case List<?> list -> {
        var all = new ArrayList<@Nullable Object>();
        list.forEach(each -> all.add(said(each)));
        yield all;
      }
      case String text -> Text.said(text);
      case BigDecimal number -> number(number);
      case Boolean bool -> bool;
      default -> null;
    };
  }

  private static Object number(BigDecimal number) {
    try {
      if (number.scale() <= 0) {
        return number.longValueExact();
      }
    } catch (ArithmeticException e) {
      return number.doubleValue();
    }
    return number.doubleValue();
  }
}
