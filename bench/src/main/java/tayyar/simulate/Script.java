package tayyar.simulate;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The script of the simulator's answers: words such as {@code tokens=20 pace=5ms arabic cut@7}.
 *
 * @param words the words given; all others have their defaults
 */
public record Script(Map<Word, String> words) {
  private static final Pattern WORD = Pattern.compile("([a-z0-9]+)(?:[=@](\\S+))?");
  private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(us|ms|s)?");
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,9}");

  /**
   * Checks each word.
   *
   * @throws IllegalArgumentException where a word's value has a wrong form
   */
  public Script {
    words = Map.copyOf(words);
    words.forEach(Script::check);
  }

  /**
   * Reads a script.
   *
   * @throws IllegalArgumentException with a sentence that names the word at fault
   */
  public static Script of(String words) {
    return new Script(Map.of()).with(words);
  }

  /**
   * This script with more words, which win over its own.
   *
   * @throws IllegalArgumentException with a sentence that names the word at fault
   */
  public Script with(String more) {
    Map<Word, String> all = new EnumMap<>(Word.class);
    all.putAll(words);
    for (String word : more.strip().split("\\s+", -1)) {
      if (!word.isEmpty()) {
        Matcher parts = WORD.matcher(word);
        if (!parts.matches()) {
          throw new IllegalArgumentException("'" + word + "' is no word of a script.");
        }
        all.put(named(parts.group(1)), parts.group(2) == null ? "" : parts.group(2));
      }
    }
    return new Script(all);
  }

  /** Whether the word is given. */
  public boolean has(Word word) {
    return words.containsKey(word);
  }

  /** A word's number, or -1 where the word is absent. */
  int number(Word word) {
    return number(word, -1);
  }

  int number(Word word, int otherwise) {
    String value = words.get(word);
    return value == null ? otherwise : Integer.parseInt(value);
  }

  /** A word's time in nanoseconds, or 0 where the word is absent. */
  long nanos(Word word) {
    Matcher parts = TIME.matcher(words.getOrDefault(word, "0"));
    if (!parts.matches()) {
      throw new IllegalStateException(word.word());
    }
    long number = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "us" -> number * 1_000;
      case "s" -> number * 1_000_000_000;
      case null, default -> number * 1_000_000;
    };
  }

  String name(Word word, String otherwise) {
    return words.getOrDefault(word, otherwise);
  }

  private static Word named(String name) {
    try {
      return Word.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + name + "' is no word of a script.", e);
    }
  }

  private static void check(Word word, String value) {
    boolean good =
        switch (word.form()) {
          case FLAG -> value.isEmpty();
          case COUNT -> COUNT.matcher(value).matches();
          case TIME -> TIME.matcher(value).matches();
          case NAME -> !value.isEmpty();
        };
    if (!good) {
      throw new IllegalArgumentException(
          "'" + word.word() + "' can't be '" + value + "': " + example(word));
    }
  }

  private static String example(Word word) {
    return switch (word.form()) {
      case FLAG -> "it stands alone.";
      case COUNT -> "write a number, such as " + word.word() + "=7.";
      case TIME -> "write a time, such as " + word.word() + "=5ms.";
      case NAME -> "write a name, such as " + word.word() + "=stop.";
    };
  }
}
