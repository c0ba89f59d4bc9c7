package tayyar.grammar;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON that a parser has found right before: objects are maps in their order, null is {@link
 * #NULL}.
 */
final class Json {
  /** Stands for null. */
  static final Object NULL =
      new Object() {
        @Override
        public String toString() {
          return "null";
        }
      };

  /** Deeper schemas are refused. */
  private static final int DEPTH_MAX = 100;

  private static final int NUMBER_CHARS_MAX = 400;

  private final String text;
  private final String where;
  private int at;

  private Json(String text, String where) {
    this.text = text;
    this.where = where;
  }

  /**
   * The value of a text.
   *
   * @param where its place in the request, for errors
   * @throws tayyar.api.Refused if it is none, or too deep
   */
  static Object read(String text, String where) {
    var json = new Json(text, where);
    try {
      Object value = json.value(0);
      json.blanks();
      if (json.at == text.length()) {
        return value;
      }
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw json.wrong();
    }
    throw json.wrong();
  }

  private RuntimeException wrong() {
    return Faults.wrong(where, "is no JSON at its character " + at + ".");
  }

  private Object value(int depth) {
    if (depth > DEPTH_MAX) {
      throw Faults.wrong(where, "is deeper than " + DEPTH_MAX + " levels.");
    }
    blanks();
    return switch (text.charAt(at)) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", NULL);
      default -> number();
    };
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw wrong();
    }
    at += word.length();
    return value;
  }

  private Map<String, Object> object(int depth) {
    var all = new LinkedHashMap<String, Object>();
    at++;
    while (!ends('}', all.isEmpty())) {
      blanks();
      String name = string();
      blanks();
      skip(':');
      if (all.put(name, value(depth + 1)) != null) {
        throw Faults.wrong(where, "has the member '" + Faults.shown(name) + "' twice.");
      }
    }
    return all;
  }

  private List<Object> array(int depth) {
    var all = new ArrayList<Object>();
    at++;
    while (!ends(']', all.isEmpty())) {
      all.add(value(depth + 1));
    }
    return all;
  }

  /** Whether the end is here; else stands behind a comma where one must be. */
  private boolean ends(char end, boolean first) {
    blanks();
    if (text.charAt(at) == end) {
      at++;
      return true;
    }
    if (!first) {
      skip(',');
    }
    return false;
  }

  private void skip(char expected) {
    if (text.charAt(at) != expected) {
      throw wrong();
    }
    at++;
  }

  private void blanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private String string() {
    skip('"');
    var out = new StringBuilder();
    while (text.charAt(at) != '"') {
      char c = text.charAt(at++);
      out.append(c == '\\' ? escaped() : c);
    }
    at++;
    for (int i = 0; i < out.length(); i += Character.charCount(out.codePointAt(i))) {
      int character = out.codePointAt(i);
      if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
        throw Faults.wrong(where, "has half a character in a string.");
      }
    }
    return out.toString();
  }

  private char escaped() {
    char c = text.charAt(at++);
    if (c == 'u') {
      at += 4;
      return (char) Integer.parseInt(text, at - 4, at, 16);
    }
    int found = "bfnrt".indexOf(c);
    return found >= 0 ? "\b\f\n\r\t".charAt(found) : c;
  }

  private BigDecimal number() {
    int from = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at - from > NUMBER_CHARS_MAX) {
      throw Faults.wrong(where, "has a number of too many digits.");
    }
    var number = new BigDecimal(text.substring(from, at));
    if (Math.abs((long) number.scale()) > NUMBER_CHARS_MAX) {
      throw Faults.wrong(where, "has a number that is too large or too small.");
    }
    return number;
  }

  /** A value as it is written without blanks. */
  static String written(Object value) {
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

  /** A string as it is written: only what must be escaped is. */
  static String quoted(String string) {
    var out = new StringBuilder("\"");
    for (int i = 0; i < string.length(); i++) {
      out.append(escape(string.charAt(i)));
    }
    return out.append('"').toString();
  }

  /** A character of a string as it is written. */
  static String escape(char c) {
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
