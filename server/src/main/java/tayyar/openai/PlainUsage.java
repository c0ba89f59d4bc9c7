package tayyar.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.Usage;
import tayyar.wire.PlainJson;

/**
 * Reads a usage of an everyday form: whole numbers that agree with each other. All else it leaves
 * to {@link UsageReader}. Not safe for use by more than one thread.
 */
final class PlainUsage {
  private static final byte[] PROMPT = ascii("prompt_tokens");
  private static final byte[] COMPLETION = ascii("completion_tokens");
  private static final byte[] TOTAL = ascii("total_tokens");
  private static final byte[] PROMPT_DETAILS = ascii("prompt_tokens_details");
  private static final byte[] COMPLETION_DETAILS = ascii("completion_tokens_details");
  private static final byte[] CACHED = ascii("cached_tokens");

  private int prompt;
  private int completion;
  private int total;
  private int cached;

  /**
   * Takes the object that stands next.
   *
   * @return whether it is of that form; the rest says nothing otherwise
   */
  boolean read(PlainJson json) {
    prompt = UsageReader.UNTOLD;
    completion = UsageReader.UNTOLD;
    total = UsageReader.UNTOLD;
    cached = UsageReader.UNTOLD;
    return json.object(() -> member(json)) && (total < 0 || isSum());
  }

  /** A total that is no sum, or stands for a number that is missing, has to be thought about. */
  private boolean isSum() {
    return prompt >= 0 && completion >= 0 && total == prompt + completion;
  }

  /** Whatever else stands in a usage means something, unless it is null. */
  private boolean member(PlainJson json) {
    if (json.named(PROMPT)) {
      prompt = json.integer();
      return isCount(prompt);
    }
    if (json.named(COMPLETION)) {
      completion = json.integer();
      return isCount(completion);
    }
    if (json.named(TOTAL)) {
      total = json.integer();
      return isCount(total);
    }
    if (json.named(PROMPT_DETAILS)) {
      return json.takeNull() || details(json, true);
    }
    if (json.named(COMPLETION_DETAILS)) {
      return json.takeNull() || details(json, false);
    }
    return json.takeNull();
  }

  private static boolean isCount(int number) {
    return number >= 0 && number <= UsageReader.COUNT_MAX;
  }

  private boolean details(PlainJson json, boolean ofPrompt) {
    return json.object(() -> ofPrompt ? promptDetail(json) : zero(json));
  }

  private boolean promptDetail(PlainJson json) {
    if (json.named(CACHED)) {
      cached = json.integer();
      return isCount(cached);
    }
    return zero(json);
  }

  private static boolean zero(PlainJson json) {
    return json.takeNull() || json.integer() == 0;
  }

  /** Tokens written; less than 0 where that is not said. */
  int completion() {
    return completion;
  }

  /** Tells what was read. */
  @Nullable Usage told(UsageReader to) {
    return to.take(prompt, completion, cached, Map.of());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
