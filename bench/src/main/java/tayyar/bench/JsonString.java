package tayyar.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import tools.jackson.core.io.JsonStringEncoder;

/** Text as the inside of a JSON string. */
final class JsonString {
  private JsonString() {}

  /** The text escaped, as UTF-8; a lone surrogate, which that can't carry, is a question mark. */
  static byte[] escape(String text) {
    return JsonStringEncoder.getInstance().quoteAsUTF8(new String(text.getBytes(UTF_8), UTF_8));
  }
}
