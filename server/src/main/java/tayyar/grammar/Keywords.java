package tayyar.grammar;

import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The words of JSON schemas: those that say nothing of a value, those held, and all others. */
final class Keywords {
  private static final Set<String> NOTES =
      Set.of(
          "title",
          "description",
          "default",
          "example",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly",
          "$schema",
          "$id",
          "$comment",
          "$anchor",
          "$defs",
          "definitions",
          "discriminator",
          "contentEncoding",
          "contentMediaType");

  private static final List<String> OBJECT =
      List.of("properties", "required", "additionalProperties", "minProperties", "maxProperties");
  private static final List<String> ARRAY =
      List.of("items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems");
  private static final List<String> STRING = List.of("minLength", "maxLength", "pattern", "format");
  private static final List<String> NUMBER =
      List.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");
  private static final List<String> ANY =
      List.of("type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref", "nullable");
  private static final List<List<String>> HELD = List.of(ANY, OBJECT, ARRAY, STRING, NUMBER);

  private Keywords() {}

  /**
   * A schema's words that say something.
   *
   * @throws tayyar.api.Refused if it is none, or one of them can't be held
   */
  static Map<String, Object> known(Object schema, String at) {
    if (!(schema instanceof Map<?, ?> map)) {
      throw Faults.wrong(at, "must be a JSON schema: an object, true or false.");
    }
    var out = new LinkedHashMap<String, Object>();
    map.forEach(
        (key, value) -> {
          var name = (String) key;
          if (HELD.stream().anyMatch(words -> words.contains(name))) {
            out.put(name, value);
          } else if (!NOTES.contains(name) && !name.startsWith("x-")) {
            throw Faults.wrong(at + "." + Faults.shown(name), "can't be held by the engine.");
          }
        });
    if (Boolean.FALSE.equals(out.get("nullable"))) {
      out.remove("nullable");
    }
    return out;
  }

  /** The type that a schema without one speaks of, or null. */
  static @Nullable String meant(Map<String, Object> schema) {
    return has(schema, OBJECT)
        ? "object"
        : has(schema, ARRAY)
            ? "array"
            : has(schema, STRING) ? "string" : has(schema, NUMBER) ? "number" : null;
  }

  private static boolean has(Map<String, Object> schema, List<String> words) {
    return words.stream().anyMatch(schema::containsKey);
  }

  /** What a reference refers to, which must be within the schema. */
  static Object target(Object root, String ref, String where) {
    if (!ref.equals("#") && !ref.startsWith("#/")) {
      throw Faults.wrong(where, "must refer to a place in the same schema: '#/...'.");
    }
    Object now = root;
    for (String step : ref.equals("#") ? new String[0] : ref.substring(2).split("/", -1)) {
      String name = unescaped(step, where);
      now =
          switch (now) {
            case Map<?, ?> map when map.containsKey(name) -> map.get(name);
            case List<?> list when name.matches("\\d{1,6}") && index(name) < list.size() ->
                list.get(index(name));
            default -> throw Faults.wrong(where, "refers to nothing: " + Faults.shown(ref) + ".");
          };
    }
    return now;
  }

  private static int index(String digits) {
    return Integer.parseInt(digits);
  }

  private static String unescaped(String step, String where) {
    try {
      String plain = URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8);
      return plain.replace("~1", "/").replace("~0", "~");
    } catch (IllegalArgumentException e) {
      throw Faults.wrong(where, "has a wrong escape: " + e.getClass().getSimpleName() + ".");
    }
  }

  @SuppressWarnings("unchecked") // the reader makes lists of values alone
  static List<Object> list(Map<String, Object> schema, String key, String at) {
    if (schema.get(key) instanceof List<?> list && !list.isEmpty()) {
      return (List<Object>) list;
    }
    throw Faults.wrong(at + "." + key, "must be an array with something in it.");
  }

  static @Nullable String text(Map<String, Object> schema, String key, String at) {
    return switch (schema.get(key)) {
      case null -> null;
      case String text -> text;
      default -> throw Faults.wrong(at + "." + key, "must be a string.");
    };
  }

  static @Nullable BigDecimal number(Map<String, Object> schema, String key, String at) {
    return switch (schema.get(key)) {
      case null -> null;
      case BigDecimal number -> number;
      default -> throw Faults.wrong(at + "." + key, "must be a number.");
    };
  }
}
