package tayyar.api;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Names and notes that people give: one line of text that a screen can show. */
public final class Names {
  /** The longest name, in UTF-16 units. */
  public static final int CHARS_MAX = 100;

  /** The longest note, in UTF-16 units. */
  public static final int NOTE_CHARS_MAX = 1_000;

  private static final int MODELS_MAX = 1_000;

  private Names() {}

  /**
   * Says what is wrong with a text.
   *
   * @param most UTF-16 units that it may have
   * @return the rest of a sentence that begins with the text's place; empty where nothing is wrong
   */
  public static String flaw(String text, int most) {
    if (text.length() > most) {
      return "has " + text.length() + " characters; it must be at most " + most + ".";
    }
    return text.codePoints().anyMatch(Names::isUnseen)
        ? "has a character that is none for the screen; write letters, digits and signs."
        : "";
  }

  /** Whether it is a control character or half of a character. */
  private static boolean isUnseen(int codePoint) {
    return Character.isISOControl(codePoint) || isHalf(codePoint);
  }

  /** Whether it is half of a character, which no database can keep. */
  public static boolean isHalf(int codePoint) {
    return Character.getType(codePoint) == Character.SURROGATE;
  }

  /** Says what is wrong with a list of models' names, in a sentence; null is all of them. */
  public static String flawOfModels(@Nullable List<String> models) {
    if (models == null) {
      return "";
    }
    if (models.isEmpty() || models.size() > MODELS_MAX) {
      return "Name 1 to " + MODELS_MAX + " models, or none for all of them.";
    }
    if (Set.copyOf(models).size() < models.size()) {
      return "A model is named twice.";
    }
    return models.stream()
        .map(Names::flawOfModel)
        .filter(each -> !each.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** Says what is wrong with a model's name, in a sentence. */
  public static String flawOfModel(String model) {
    if (model.isBlank()) {
      return "A model's name is not empty.";
    }
    String flaw = flaw(model, 2 * CHARS_MAX);
    return flaw.isEmpty() ? "" : "A model's name " + flaw;
  }
}
