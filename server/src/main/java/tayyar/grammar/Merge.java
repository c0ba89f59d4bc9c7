package tayyar.grammar;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Two schemas that must both be met, as one. */
final class Merge {
  private Merge() {}

  /** One that is met by what meets both; what can't be one is refused. */
  static Object both(Object one, Object other, String at) {
    if (one instanceof Boolean all) {
      return all ? other : false;
    }
    if (other instanceof Boolean all) {
      return all ? one : false;
    }
    var out = new LinkedHashMap<>(Keywords.known(one, at));
    Map<String, Object> added = Keywords.known(other, at);
    if (out.containsKey("properties") || added.containsKey("properties")) {
      out.put("properties", members(out, added, at));
    }
    added.forEach(
        (key, value) -> {
          Object its = out.get(key);
          if (its == null) {
            out.put(key, value);
          } else if (!key.equals("properties") && !equal(its, value)) {
            put(out, key, its, value, at);
          }
        });
    return out;
  }

  private static void put(
      Map<String, Object> out, String key, Object one, Object other, String at) {
    switch (key) {
      case "type" -> out.put(key, types(listed(one), listed(other)));
      case "required" -> {
        var names = new LinkedHashSet<Object>(listed(one));
        names.addAll(listed(other));
        out.put(key, new ArrayList<>(names));
      }
      case "enum" -> {
        List<Object> kept = new ArrayList<>(listed(one));
        kept.removeIf(value -> listed(other).stream().noneMatch(its -> equal(value, its)));
        out.put(key, kept);
      }
      case "minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties" ->
          out.put(key, number(one, key, at).max(number(other, key, at)));
      case "maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties" ->
          out.put(key, number(one, key, at).min(number(other, key, at)));
      case "items", "additionalProperties" -> out.put(key, all(one, other));
      case "allOf" -> {
        List<Object> parts = new ArrayList<>(listed(one));
        parts.addAll(listed(other));
        out.put(key, parts);
      }
      case "anyOf", "oneOf", "$ref" -> {
        List<Object> parts = new ArrayList<>(listed(out.getOrDefault("allOf", List.of())));
        parts.add(new LinkedHashMap<>(Map.of(key, other)));
        out.put("allOf", parts);
      }
      default -> throw Faults.wrong(at + "." + key, "can't be held twice with other values.");
    }
  }

  /** The members of both; where one allows no others, or others of a kind, the other's are such. */
  private static Map<String, Object> members(
      Map<String, Object> one, Map<String, Object> other, String at) {
    var out = new LinkedHashMap<String, Object>();
    add(out, one, other, at);
    add(out, other, one, at);
    return out;
  }

  private static void add(
      Map<String, Object> out, Map<String, Object> from, Map<String, Object> beside, String at) {
    properties(from, at)
        .forEach(
            (name, schema) -> {
              Object its = properties(beside, at).get(name);
              Object free = beside.getOrDefault("additionalProperties", true);
              out.putIfAbsent((String) name, all(schema, its != null ? its : free));
            });
  }

  private static Map<?, ?> properties(Map<String, Object> schema, String at) {
    if (schema.getOrDefault("properties", Map.of()) instanceof Map<?, ?> map) {
      return map;
    }
    throw Faults.wrong(at + ".properties", "must be an object.");
  }

  private static Object all(Object one, Object other) {
    if (Boolean.TRUE.equals(other)) {
      return one;
    }
    return Boolean.TRUE.equals(one)
        ? other
        : new LinkedHashMap<>(Map.of("allOf", List.of(one, other)));
  }

  private static List<Object> types(List<?> one, List<?> other) {
    List<Object> both = new ArrayList<>();
    for (Object each : one) {
      if (other.contains(each) || (each.equals("integer") && other.contains("number"))) {
        both.add(each);
      } else if (each.equals("number") && other.contains("integer")) {
        both.add("integer");
      }
    }
    return both;
  }

  private static List<?> listed(Object value) {
    return value instanceof List<?> list ? list : List.of(value);
  }

  private static BigDecimal number(Object value, String key, String at) {
    if (value instanceof BigDecimal number) {
      return number;
    }
    throw Faults.wrong(at + "." + key, "must be a number.");
  }

  /** Whether two values are the same JSON; 1.0 is 1. */
  static boolean equal(@Nullable Object one, @Nullable Object other) {
    return (one instanceof BigDecimal a && other instanceof BigDecimal b)
        ? a.compareTo(b) == 0
        : Objects.equals(one, other);
  }

  /** Whether a value is of one of these types. */
  static boolean isOfType(Object value, List<String> types) {
    return switch (value) {
      case Map<?, ?> _ -> types.contains("object");
      case List<?> _ -> types.contains("array");
      case String _ -> types.contains("string");
      case Boolean _ -> types.contains("boolean");
      case BigDecimal number ->
          types.contains("number")
              || (types.contains("integer") && number.stripTrailingZeros().scale() <= 0);
      default -> types.contains("null");
    };
  }
}
