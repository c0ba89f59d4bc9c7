package tayyar.docs;

import java.util.List;
import java.util.Locale;
import java.util.Locale.LanguageRange;
import org.jspecify.annotations.Nullable;

/** Which of the guide's languages a browser prefers. */
final class Languages {
  private static final int CHARS_MAX = 200;

  private Languages() {}

  /**
   * Whether Arabic stands before English in an {@code Accept-Language} (RFC 9110, section 12.5.4).
   *
   * @param field null or unreadable is no preference, and English
   */
  static boolean prefersArabic(@Nullable String field) {
    if (field == null || field.length() > CHARS_MAX) {
      return false;
    }
    try {
      List<LanguageRange> ranges = LanguageRange.parse(field);
      return "ar".equals(Locale.lookupTag(ranges, List.of("en", "ar")));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
