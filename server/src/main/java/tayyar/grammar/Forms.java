package tayyar.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.grammar.Piece.Any;
import tayyar.grammar.Piece.Chars;
import tayyar.grammar.Piece.Text;

/**
 * The members of a request that hold its answer to a form: OpenAI's {@code response_format},
 * llama.cpp's {@code grammar} and {@code json_schema}, vLLM's {@code guided_*} and {@code
 * structured_outputs}, SGLang's {@code regex} and {@code ebnf}; and members that can't be held.
 */
public final class Forms {
  /** The longest of them; a schema of this size has some thousand members. */
  private static final int CHARS_MAX = 512 * 1024;

  private Forms() {}

  /**
   * The form that a member asks for. Takes its time.
   *
   * @param member its name
   * @param json its value, as it was sent
   * @return null where it asks for none, as for plain text
   * @throws tayyar.api.Refused if it can't be held, with the place
   */
  public static @Nullable Draft draft(String member, String json) {
    if (json.length() > CHARS_MAX) {
      throw Faults.wrong(member, "is longer than " + CHARS_MAX + " characters.");
    }
    Object value = Json.read(json, member);
    if (Json.NULL.equals(value)) {
      return null;
    }
    return switch (member) {
      case "response_format" -> format(object(value, member), member);
      case "structured_outputs" -> outputs(object(value, member), member);
      default -> single(member, value, member);
    };
  }

  /** Many clients send all members that they know, with values that change nothing. */
  private static boolean isNothing(Object value) {
    return value.equals(false) || (value instanceof List<?> list && list.isEmpty());
  }

  private static @Nullable Draft format(Map<?, ?> format, String where) {
    return switch (format.get("type") instanceof String type ? type : "") {
      case "text" -> null;
      // The schema beside it is of other servers' making, and is held where it is given.
      case "json_object" -> {
        Object schema = format.get("schema");
        yield schema == null || Json.NULL.equals(schema)
            ? Schema.anyObject()
            : Schema.draft(schema, where + ".schema", "#");
      }
      case "json_schema" -> {
        Object named = format.get("json_schema");
        Map<?, ?> inner = object(named == null ? format : named, where + ".json_schema");
        Object schema = inner.get("schema");
        if (schema == null || Json.NULL.equals(schema)) {
          throw Faults.wrong(where + ".json_schema.schema", "is required.");
        }
        yield Schema.draft(schema, where + ".json_schema.schema", "#");
      }
      default -> throw Faults.wrong(where + ".type", "must be text, json_object or json_schema.");
    };
  }

  private static @Nullable Draft outputs(Map<?, ?> outputs, String where) {
    Draft found = null;
    for (String kind : List.of("json", "regex", "choice", "grammar", "json_object")) {
      Object value = outputs.get(kind);
      if (value == null || Json.NULL.equals(value) || Boolean.FALSE.equals(value)) {
        continue;
      }
      if (found != null) {
        throw Faults.wrong(where, "may ask for one form alone.");
      }
      found = single("guided_" + kind, value, where + "." + kind);
    }
    if (found == null && outputs.containsKey("structural_tag")) {
      throw Faults.wrong(where + ".structural_tag", "can't be held by the engine.");
    }
    return found;
  }

  private static @Nullable Draft single(String kind, Object value, String where) {
    return switch (kind) {
      case "guided_json", "json_schema" ->
          Schema.draft(value instanceof String text ? Json.read(text, where) : value, where, "#");
      case "guided_json_object" -> Schema.anyObject();
      case "guided_regex", "regex" ->
          Draft.of(Regex.whole(string(value, where), where, Chars::new));
      case "guided_choice" -> choice(value, where);
      case "grammar", "guided_grammar", "ebnf" -> Gbnf.draft(string(value, where), where);
      default -> {
        if (isNothing(value)) {
          yield null;
        }
        throw Faults.wrong(where, "can't be followed by the engine.");
      }
    };
  }

  private static Draft choice(Object value, String where) {
    List<Piece> all = new ArrayList<>();
    if (value instanceof List<?> list) {
      list.forEach(each -> all.add(new Text(string(each, where))));
    }
    if (all.isEmpty()) {
      throw Faults.wrong(where, "must be an array of strings.");
    }
    return Draft.of(new Any(all));
  }

  private static String string(Object value, String where) {
    if (value instanceof String text) {
      return text;
    }
    throw Faults.wrong(where, "must be a string.");
  }

  private static Map<?, ?> object(Object value, String where) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw Faults.wrong(where, "must be an object.");
  }
}
