package tayyar.upstream;

import tayyar.api.Usage;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the usage object of an answer. What is not a number counts as none. */
final class UsageReader {
  private UsageReader() {}

  /** Reads from behind the object's opening brace to its end. */
  static Usage read(JsonParser p) {
    int prompt = 0;
    int completion = 0;
    int cached = 0;
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken member = p.nextToken();
      switch (name) {
        case "prompt_tokens" -> prompt = count(p, member);
        case "completion_tokens" -> completion = count(p, member);
        case "prompt_tokens_details" -> cached = cachedTokens(p, member);
        default -> p.skipChildren();
      }
    }
    return new Usage(prompt, completion, cached, false);
  }

  private static int cachedTokens(JsonParser p, JsonToken value) {
    int cached = 0;
    if (value == JsonToken.START_OBJECT) {
      while (p.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = p.currentName();
        JsonToken member = p.nextToken();
        if (name.equals("cached_tokens")) {
          cached = count(p, member);
        } else {
          p.skipChildren();
        }
      }
    }
    return cached;
  }

  private static int count(JsonParser p, JsonToken value) {
    return value == JsonToken.VALUE_NUMBER_INT ? Math.max(0, p.getIntValue()) : 0;
  }
}
