package tayyar.openai;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What stands in an address itself.
 *
 * @param type its media type; may be empty
 * @param base64 its bytes as the address has them
 * @see <a href="https://www.rfc-editor.org/rfc/rfc2397">RFC 2397</a>
 */
public record DataUrl(String type, String base64) {
  private static final Pattern FORM =
      Pattern.compile("data:([a-zA-Z0-9.+/-]{0,100})(?:;[^,]{0,100})?;base64,(.*)", Pattern.DOTALL);

  /** Reads an address; null for one of another kind. */
  public static @Nullable DataUrl of(String url) {
    Matcher data = FORM.matcher(url);
    return data.matches() ? new DataUrl(data.group(1), data.group(2)) : null;
  }
}
