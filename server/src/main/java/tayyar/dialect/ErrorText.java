package tayyar.dialect;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Clip;

/**
 * Cleans a server's words for clients: no pages, no keys, no names of the operator's account, no
 * control characters, a bounded length.
 */
public final class ErrorText {
  private static final int WORDS_CHARS_MAX = 2_000;
  private static final int WORD_CHARS_MAX = 100;

  /** The shortest key that is hidden: shorter ones would match ordinary words. */
  private static final int KEY_CHARS_MIN = 6;

  private static final String HIDDEN = "***";

  /** The forms of well-known services' keys, and any text after "Bearer". */
  private static final Pattern KEYS =
      Pattern.compile(
          "(?<=\\b[Bb]earer\\s{1,3})[\\w.~+/=*-]{8,}"
              + "|\\b(?:sk|rk|gsk|xai|hf|r8|nvapi|pplx|csk|tgp)[-_](?=[\\w*.-]{0,200}[0-9*])[\\w*.-]{8,}"
              + "|\\bAIza[\\w-]{20,}"
              + "|\\beyJ[\\w-]{8,}\\.[\\w-]{8,}\\.[\\w-]*");

  /**
   * What names an account at the server, which is the operator's: the ids of organisations,
   * projects and users, Google's projects and service accounts, and what stands in quotes or as a
   * UUID behind such a word.
   */
  private static final Pattern ACCOUNTS =
      Pattern.compile(
          "\\b(?:org|proj|user|acct|wrkspc)[-_](?=[A-Za-z]{0,40}[0-9]|[A-Za-z]{16})[A-Za-z0-9]{6,}"
              + "|\\bprojects/[\\w-]{4,}|(?<=\\bproject_number:)[0-9]{4,}"
              + "|[\\w.-]{1,100}@[\\w.-]{1,100}\\.gserviceaccount\\.com"
              + "|(?<=\\b(?:organi[sz]ation|project|account|subscription|workspace|tenant)"
              + "(?: (?:id|name|number))?:?\\s{1,3})"
              + "(?:'[^']{1,200}'|\"[^\"]{1,200}\"|`[^`]{1,200}`|[0-9]{6,}"
              + "|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})",
          Pattern.CASE_INSENSITIVE);

  /** The beginning of a page, also after a word or two. */
  private static final Pattern PAGE =
      Pattern.compile(
          "^\\s*<|<(?:!doctype|html|head|body|script|\\?xml)\\b", Pattern.CASE_INSENSITIVE);

  private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\uFFFD&&[^\n\t]]+");

  private ErrorText() {}

  /** Cleans words for people; null where nothing is left. */
  public static @Nullable String words(@Nullable String text) {
    return clean(text, WORDS_CHARS_MAX);
  }

  /** Cleans a code, a type or a field's name; null where nothing is left. */
  public static @Nullable String word(@Nullable String text) {
    return clean(text, WORD_CHARS_MAX);
  }

  /** Removes the target's own key from an error, as a target may repeat it in its words. */
  public static ApiError without(@Nullable String key, ApiError error) {
    return error instanceof ApiError.Relayed said
        ? new ApiError.Relayed(
            said.status(),
            without(key, said.type()),
            said.code() == null ? null : without(key, said.code()),
            said.param() == null ? null : without(key, said.param()),
            without(key, said.message()))
        : error;
  }

  /** Removes the same from cleaned words, also its beginning where they were cut within it. */
  public static String without(@Nullable String key, String cleaned) {
    if (key == null || key.length() < KEY_CHARS_MIN) {
      return cleaned;
    }
    String said = cleaned.replace(key, HIDDEN);
    int cut = said.endsWith(Clip.MARK) ? said.length() - Clip.MARK.length() : 0;
    for (int n = Math.min(key.length(), cut); n >= KEY_CHARS_MIN; n--) {
      if (said.startsWith(key.substring(0, n), cut - n)) {
        return said.substring(0, cut - n) + HIDDEN + Clip.MARK;
      }
    }
    return said;
  }

  private static @Nullable String clean(@Nullable String text, int charsMax) {
    if (text == null) {
      return null;
    }
    // Cleans a little more than is kept, so that a key at the cut is recognised.
    String some = text.length() > 2 * charsMax ? text.substring(0, 2 * charsMax) : text;
    if (PAGE.matcher(some).find()) {
      return null;
    }
    String plain = CONTROLS.matcher(some).replaceAll(" ");
    String keyless = KEYS.matcher(plain).replaceAll(HIDDEN);
    String said = ACCOUNTS.matcher(keyless).replaceAll(HIDDEN).strip();
    return said.isEmpty() ? null : Clip.marked(charsMax, said);
  }
}
