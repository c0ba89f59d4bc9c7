package tayyar.config;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.Languages;

/** Reads {@code languages}. */
final class LanguagesReader {
  private static final String NAME = "languages";
  private static final String ANY = "any";

  private LanguagesReader() {}

  /** The languages that a place names, or null where it names none. */
  static @Nullable Languages read(Section section) {
    List<String> words = section.words(NAME);
    if (words.equals(List.of(ANY))) {
      return Languages.ANY;
    }
    try {
      return words.isEmpty() ? null : Languages.of(words);
    } catch (IllegalArgumentException e) {
      String word = String.valueOf(e.getMessage());
      section.refuse("'" + NAME + "' has '" + word + "'; write codes such as ar or en, or any");
      return null;
    }
  }
}
