package tayyar.grammar;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/** JSON as values: objects are maps in their order, numbers are exact, null is {@link #NULL}. */
public final class Json {
  /** Stands for null. */
  public static final Object NULL =
      new Object() {
        @Override
        public String toString() {
          return "null";
        }
      };

  /** Deeper schemas are refused. */
  private static final int DEPTH_MAX = 100;

  private static final int NUMBER_CHARS_MAX = 400;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxNumberLength(NUMBER_CHARS_MAX)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final JsonParser p;
  private final String where;

  private Json(JsonParser p, String where) {
    this.p = p;
    this.where = where;
  }

  /**
   * The value of a text: maps, lists, strings, {@link BigDecimal}s, booleans and {@link #NULL}.
   *
   * @param where its place in the request, for errors
   * @throws tayyar.api.Refused if it is none, or too deep
   */
  public static Object read(String text, String where) {
    try (JsonParser p = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      var json = new Json(p, where);
      Object value = json.value(p.nextToken());
      if (p.nextToken() != null) {
        throw json.wrong();
      }
      return value;
    } catch (StreamConstraintsException e) {
      throw Faults.wrong(
          where,
          "is deeper than "
              + DEPTH_MAX
              + " levels, or has a number of more than "
              + NUMBER_CHARS_MAX
              + " digits.");
    } catch (JacksonException e) {
      long at = e.getLocation().getCharOffset();
      throw Faults.wrong(where, "is no JSON at its character " + at + ", or has a member twice.");
    }
  }

  private RuntimeException wrong() {
    long at = p.currentLocation().getCharOffset();
    return Faults.wrong(where, "is no JSON at its character " + at + ".");
  }

  private Object value(@Nullable JsonToken token) {
    return switch (token) {
      case START_OBJECT -> object();
      case START_ARRAY -> array();
      case VALUE_STRING -> whole(p.getString());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> NULL;
      case null, default -> throw wrong();
    };
  }

  private Map<String, Object> object() {
    var all = new LinkedHashMap<String, Object>();
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      all.put(whole(p.currentName()), value(p.nextToken()));
    }
    return all;
  }

  private List<Object> array() {
    var all = new ArrayList<Object>();
    for (JsonToken token = p.nextToken(); token != JsonToken.END_ARRAY; token = p.nextToken()) {
      all.add(value(token));
    }
    return all;
  }

  private String whole(String text) {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      if (Character.getType(text.codePointAt(i)) == Character.SURROGATE) {
        throw Faults.wrong(where, "has half a character in a string.");
      }
    }
    return text;
  }

  private BigDecimal number() {
    try {
      BigDecimal number = p.getDecimalValue();
      if (Math.abs((long) number.scale()) <= NUMBER_CHARS_MAX) {
        return number;
      }
    } catch (NumberFormatException e) {
      // An exponent that no int holds.
    }
    throw Faults.wrong(where, "has a number that is too large or too small.");
  }

  /** Returns a value as it is written without blanks. */
  public static String written(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        var parts = new ArrayList<String>();
        map.forEach((name, its) -> parts.add(quoted((String) name) + ":" + written(its)));
        yield "{" + String.join(",", parts) + "}";
      }
      case List<?> list -> "[" + String.join(",", list.stream().map(Json::written).toList()) + "]";
      case String string -> quoted(string);
      case BigDecimal number -> number.toString();
      default -> value.toString();
    };
  }

  /** Returns a string as it is written: only what must be escaped is. */
  public static String quoted(String string) {
    var out = new StringBuilder("\"");
    for (int i = 0; i < string.length(); i++) {
      out.append(escape(string.charAt(i)));
    }
    return out.append('"').toString();
  }

  /** Returns a character of a string as it is written. */
  public static String escape(char c) {
    return switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      default -> c < ' ' ? String.format("\\u%04x", (int) c) : String.valueOf(c);
    };
  }
}
