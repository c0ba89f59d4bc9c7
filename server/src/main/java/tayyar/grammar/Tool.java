package tayyar.grammar;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.Refused;

/**
 * A tool that a model may call.
 *
 * @param name of letters, digits, {@code _}, {@code -} and {@code .}
 * @param parameters the schema of its arguments as {@link Json} reads it, or null where it has none
 * @param strict whether a schema that can't be held is an error rather than a hint
 * @param where its place in the request, for errors
 */
public record Tool(String name, @Nullable Object parameters, boolean strict, String where) {
  private static final int REFERENCES_MAX = 20;

  /** Returns the schemas of its parameters by name; empty where they are not told one by one. */
  Map<?, ?> properties() {
    return parameters instanceof Map<?, ?> schema
            && schema.get("properties") instanceof Map<?, ?> all
        ? all
        : Map.of();
  }

  /** Returns the schema of a parameter, without a reference; an empty one where it has none. */
  Map<?, ?> schemaOf(String parameter) {
    Object schema = properties().get(parameter);
    for (int i = 0; schema instanceof Map<?, ?> words && i < REFERENCES_MAX; i++) {
      if (!(words.get("$ref") instanceof String ref) || parameters == null) {
        return words;
      }
      schema = target(parameters, ref);
    }
    return Map.of();
  }

  /** What a reference leads to, or null; whoever holds a schema tells why it leads nowhere. */
  private @Nullable Object target(Object root, String ref) {
    try {
      return Keywords.target(root, ref, where + ".parameters");
    } catch (Refused e) {
      return null;
    }
  }

  /** Returns whether a parameter's value may be a string; one that is not told of is. */
  public boolean isText(String parameter) {
    Map<?, ?> schema = schemaOf(parameter);
    return schema.isEmpty() || isText(schema);
  }

  private static boolean isText(Map<?, ?> schema) {
    for (String either : List.of("anyOf", "oneOf")) {
      if (schema.get(either) instanceof List<?> all) {
        return all.stream().anyMatch(one -> one instanceof Map<?, ?> words && isText(words));
      }
    }
    Object type = schema.get("type");
    boolean says = type instanceof List<?> types ? types.contains("string") : "string".equals(type);
    boolean given =
        schema.get("enum") instanceof List<?> values
            && values.stream().allMatch(String.class::isInstance);
    return says || given || schema.get("const") instanceof String;
  }
}
