package tayyar.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code Forwarded} (RFC 7239) from its beginning and strictly: a proxy may repeat what the
 * client wrote as a quoted text, and a comma in there separates nothing. Whatever a client leaves
 * open makes the field unreadable as a whole, so that it hides nothing of what a proxy adds.
 */
final class Forwarded {
  private static final String SIGNS = "!#$%&'*+-.^_`|~";

  private final String field;
  private final String sought;
  private int at;

  private Forwarded(String field, String sought) {
    this.field = field;
    this.sought = sought;
  }

  /**
   * Returns what the elements have as a parameter, such as {@code for}, in their order; empty where
   * an element has none.
   *
   * @return null where the field is not well-formed
   */
  static @Nullable List<String> values(String field, String parameter) {
    return new Forwarded(field, parameter).values();
  }

  private @Nullable List<String> values() {
    List<String> all = new ArrayList<>();
    String found = null;
    while (true) {
      String name = name();
      String value = name == null ? null : value();
      boolean named = sought.equalsIgnoreCase(name);
      if (value == null || (named && found != null)) {
        return null;
      }
      found = named ? value : found;
      blanks();
      boolean over = at == field.length() || field.charAt(at) == ',';
      if (!over && field.charAt(at) != ';') {
        return null;
      }
      if (over) {
        all.add(found == null ? "" : found);
        found = null;
      }
      if (at++ == field.length()) {
        return all;
      }
    }
  }

  /** The name of a pair, with its sign; null where there is none. */
  private @Nullable String name() {
    blanks();
    String name = token();
    if (name.isEmpty() || at == field.length() || field.charAt(at) != '=') {
      return null;
    }
    at++;
    return name;
  }

  private @Nullable String value() {
    if (at < field.length() && field.charAt(at) == '"') {
      return quoted();
    }
    String token = token();
    return token.isEmpty() ? null : token;
  }

  private @Nullable String quoted() {
    StringBuilder text = new StringBuilder();
    for (at++; at < field.length(); at++) {
      char next = field.charAt(at);
      if (next == '"') {
        at++;
        return text.toString();
      }
      if (next == '\\' && ++at == field.length()) {
        return null;
      }
      text.append(field.charAt(at));
    }
    return null;
  }

  private String token() {
    int from = at;
    while (at < field.length() && isOfToken(field.charAt(at))) {
      at++;
    }
    return field.substring(from, at);
  }

  private static boolean isOfToken(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || SIGNS.indexOf(c) >= 0;
  }

  private void blanks() {
    while (at < field.length() && (field.charAt(at) == ' ' || field.charAt(at) == '\t')) {
      at++;
    }
  }
}
