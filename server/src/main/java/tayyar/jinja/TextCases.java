package tayyar.jinja;

import java.util.Locale;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The methods of a text that change or test its letters. */
final class TextCases {
  private TextCases() {}

  /** The method of this name bound to a text, or null. */
  static @Nullable Callable find(Text text, String name) {
    return switch (name) {
      case "upper" -> given -> none(given, upper(text));
      case "lower" -> given -> none(given, lower(text));
      case "casefold" -> given -> none(given, text.changed(folded(text.chars())));
      case "capitalize" -> given -> none(given, capitalize(text));
      case "title" -> given -> none(given, title(text));
      case "swapcase" -> given -> none(given, swapped(text));
      default -> question(text, name);
    };
  }

  private static Object none(Arguments given, Object result) {
    given.to();
    return result;
  }

  private static @Nullable Callable question(Text text, String name) {
    String s = text.chars();
    return switch (name) {
      case "isalpha" -> given -> none(given, all(s, Character::isLetter));
      case "isdigit" -> given -> none(given, all(s, TextCases::digit));
      case "isdecimal" -> given -> none(given, all(s, Character::isDigit));
      case "isnumeric" -> given -> none(given, all(s, TextCases::numeric));
      case "isalnum" -> given -> none(given, all(s, c -> Character.isLetter(c) || numeric(c)));
      case "isspace" -> given -> none(given, all(s, c -> c < 0x10000 && Blanks.is((char) c)));
      case "isascii" -> given -> none(given, s.chars().allMatch(c -> c < 0x80));
      case "isprintable" -> given -> none(given, s.codePoints().allMatch(Shown::printable));
      case "islower" -> given -> none(given, isLower(s));
      case "isupper" -> given -> none(given, isUpper(s));
      case "istitle" -> given -> none(given, isTitle(s));
      case "isidentifier" -> given -> none(given, identifier(s));
      default -> null;
    };
  }

  private static boolean all(String s, IntPredicate of) {
    return !s.isEmpty() && s.codePoints().allMatch(of);
  }

  private static boolean digit(int c) {
    return Character.isDigit(c)
        || "\u00B2\u00B3\u00B9".indexOf(c) >= 0
        || (c >= 0x2070 && c <= 0x2089 && Character.getType(c) == Character.OTHER_NUMBER);
  }

  private static boolean numeric(int c) {
    int type = Character.getType(c);
    return type == Character.DECIMAL_DIGIT_NUMBER
        || type == Character.OTHER_NUMBER
        || type == Character.LETTER_NUMBER;
  }

  private static boolean identifier(String s) {
    return !s.isEmpty()
        && (s.charAt(0) == '_' || Character.isUnicodeIdentifierStart(s.codePointAt(0)))
        && s.codePoints().allMatch(c -> c == '_' || Character.isUnicodeIdentifierPart(c));
  }

  static boolean isLower(String s) {
    return s.codePoints().anyMatch(Character::isLowerCase)
        && s.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
  }

  static boolean isUpper(String s) {
    return s.codePoints().anyMatch(Character::isUpperCase)
        && s.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
  }

  private static boolean isTitle(String s) {
    boolean inside = false;
    boolean any = false;
    for (int c : s.codePoints().toArray()) {
      boolean upper = Character.isUpperCase(c) || Character.isTitleCase(c);
      boolean lower = Character.isLowerCase(c);
      if ((upper && inside) || (lower && !inside)) {
        return false;
      }
      inside = upper || lower;
      any |= inside;
    }
    return any;
  }

  static Text upper(Text text) {
    return text.changed(text.chars().toUpperCase(Locale.ROOT));
  }

  static Text lower(Text text) {
    return text.changed(text.chars().toLowerCase(Locale.ROOT));
  }

  private static String folded(String s) {
    return s.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT).replace('\u03C2', '\u03C3');
  }

  static Text capitalize(Text text) {
    String s = text.chars();
    if (s.isEmpty()) {
      return text;
    }
    // Lower case depends on the letters around, also for the first letter.
    String first = Character.toString(s.codePointAt(0));
    int behind = first.toLowerCase(Locale.ROOT).length();
    return text.changed(titled(first) + s.toLowerCase(Locale.ROOT).substring(behind));
  }

  private static String titled(String letter) {
    String upper = letter.toUpperCase(Locale.ROOT);
    return upper.length() > letter.length()
        ? upper.substring(0, 1) + upper.substring(1).toLowerCase(Locale.ROOT)
        : Character.toString(Character.toTitleCase(letter.codePointAt(0)));
  }

  private static Text title(Text text) {
    var out = new StringBuilder();
    boolean inside = false;
    for (int c : text.chars().codePoints().toArray()) {
      String letter = Character.toString(c);
      out.append(inside ? letter.toLowerCase(Locale.ROOT) : titled(letter));
      inside = Character.isLowerCase(c) || Character.isUpperCase(c) || Character.isTitleCase(c);
    }
    return text.changed(out.toString());
  }

  private static Text swapped(Text text) {
    var out = new StringBuilder();
    text.chars()
        .codePoints()
        .forEach(
            c -> {
              String letter = Character.toString(c);
              out.append(
                  Character.isUpperCase(c)
                      ? letter.toLowerCase(Locale.ROOT)
                      : Character.isTitleCase(c) ? letter : letter.toUpperCase(Locale.ROOT));
            });
    return text.changed(out.toString());
  }
}
