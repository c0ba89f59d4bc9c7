package tayyar.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tayyar.testing.Described.Asked;

/**
 * The requests that a client has sent, to be matched with the responses in their order. What is no
 * plain request makes all behind it unknown: tests of broken ones send such bytes.
 */
final class SentRequests {
  private static final Pattern LINE =
      Pattern.compile("([A-Z]+) (?:https?://[^/ ]+)?(/[^ ?]*)[^ ]* HTTP/1\\.[01]\r\n");

  private static final Pattern LENGTH =
      Pattern.compile("(?i)\r\nContent-Length: *([0-9]{1,9})\r\n");

  private static final String LAST_CHUNK = "\r\n0\r\n\r\n";

  private final StringBuilder bytes = new StringBuilder();
  private int owed;

  void add(byte[] more) {
    String text = new String(more, ISO_8859_1);
    int of = Math.min(owed, text.length());
    owed -= of;
    bytes.append(text, of, text.length());
  }

  /** The next request; null where it cannot be read. */
  @Nullable Asked next() {
    Matcher line = LINE.matcher(bytes);
    int end = bytes.indexOf("\r\n\r\n");
    if (!line.lookingAt() || end < 0) {
      bytes.setLength(0);
      return null;
    }
    Asked asked = new Asked(line.group(1), path(line.group(2)));
    String head = bytes.substring(0, end + 2).toLowerCase(Locale.ROOT);
    Matcher length = LENGTH.matcher(head);
    if (head.contains("\r\ntransfer-encoding:")) {
      int last = bytes.indexOf(LAST_CHUNK, end + 2);
      bytes.delete(0, last < 0 ? bytes.length() : last + LAST_CHUNK.length());
    } else {
      int whole = end + 4 + (length.find() ? Integer.parseInt(length.group(1)) : 0);
      owed = Math.max(0, whole - bytes.length());
      bytes.delete(0, Math.min(bytes.length(), whole));
    }
    return asked;
  }

  private static String path(String raw) {
    try {
      return URLDecoder.decode(raw.replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException e) {
      return raw;
    }
  }
}
