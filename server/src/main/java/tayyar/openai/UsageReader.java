package tayyar.openai;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tayyar.api.Usage;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The usage of one stream, of all that its upstream tells of it: once at the end, in each chunk, in
 * two halves, or followed by zeros. What was told once is not taken back by what says nothing. Not
 * safe for use by more than one thread.
 */
final class UsageReader {
  /** More than this no request has; such a number is none. */
  static final int COUNT_MAX = 100_000_000;

  /** Stands for a number that an object does not tell. */
  static final int UNTOLD = -1;

  private static final int DETAILS_MAX = 16;

  private int prompt;
  private int completion = UNTOLD;
  private int cached;
  private int writes;
  private Map<String, Integer> details = Map.of();

  /**
   * The numbers of one object, each {@link #UNTOLD} where it is not there or can't be right.
   *
   * @param details tokens of the completion by kind, more than 0 each
   */
  record Told(
      int prompt, int completion, int total, int cached, int writes, Map<String, Integer> details) {

    /** The same with what can be concluded from the total. */
    Told settled() {
      if (total == UNTOLD) {
        return this;
      }
      if (prompt != UNTOLD && completion == UNTOLD) {
        return with(prompt, Math.max(0, total - prompt));
      }
      if (prompt == UNTOLD) {
        return completion == UNTOLD ? this : with(Math.max(0, total - completion), completion);
      }
      return with(total - prompt - completion);
    }

    /**
     * Some count the tokens of thinking in the total alone, some those that were cached; whose
     * number is missing says which of them it is.
     */
    private Told with(int missing) {
      int thought = details.getOrDefault("reasoning_tokens", 0);
      if (missing <= 0) {
        return this;
      }
      if (missing == cached && missing != thought) {
        return with(prompt + missing, completion);
      }
      return thought == 0 || missing == thought ? with(prompt, completion + missing) : this;
    }

    private Told with(int itsPrompt, int itsCompletion) {
      return new Told(itsPrompt, itsCompletion, total, cached, writes, details);
    }
  }

  /**
   * Reads the value of a usage.
   *
   * @return all that is known by now; null where it says nothing, or too little to count by
   */
  @Nullable Usage read(JsonParser p, JsonToken value) {
    if (value != JsonToken.START_OBJECT) {
      p.skipChildren();
      return null;
    }
    Told now = object(p).settled();
    writes = known(now.writes, writes);
    return take(now.prompt, now.completion, now.cached, now.details);
  }

  /** The same of a member that is Groq's own, with a usage in it. */
  @Nullable Usage readInside(JsonParser p, JsonToken value) {
    Usage usage = null;
    if (value != JsonToken.START_OBJECT) {
      p.skipChildren();
      return null;
    }
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken member = p.nextToken();
      if (name.equals("usage")) {
        usage = read(p, member);
      } else {
        p.skipChildren();
      }
    }
    return usage;
  }

  /** The same of numbers that were read already, see {@link Told}. */
  @Nullable Usage take(
      int itsPrompt, int itsCompletion, int itsCached, Map<String, Integer> itsDetails) {
    if (itsPrompt <= 0 && itsCompletion <= 0) {
      return null;
    }
    prompt = itsPrompt > 0 ? itsPrompt : prompt;
    completion = itsCompletion > 0 ? itsCompletion : Math.max(completion, itsCompletion);
    cached = itsCached != UNTOLD ? itsCached : cached;
    details = itsDetails.isEmpty() ? details : itsDetails;
    return completion == UNTOLD
        ? null
        : new Usage(prompt, completion, Math.min(cached, prompt), writes, false, details);
  }

  /** Reads one object by itself, from behind its opening brace to its end. */
  static Told object(JsonParser p) {
    int prompt = UNTOLD;
    int completion = UNTOLD;
    int total = UNTOLD;
    var cache = new Cache();
    Map<String, Integer> details = new TreeMap<>();
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken member = p.nextToken();
      switch (name) {
        case "prompt_tokens", "input_tokens" -> prompt = known(count(p, member), prompt);
        case "completion_tokens", "output_tokens" ->
            completion = known(count(p, member), completion);
        case "total_tokens" -> total = count(p, member);
        case "prompt_tokens_details", "input_tokens_details" -> cache.details(p, member);
        case "completion_tokens_details", "output_tokens_details" -> details(p, member, details);
        case "reasoning_tokens" -> detail(details, name, count(p, member));
        default -> cache.member(name, p, member);
      }
    }
    return new Told(
        prompt, completion, total, cache.read, cache.written, Collections.unmodifiableMap(details));
  }

  private static int known(int now, int before) {
    return now == UNTOLD ? before : now;
  }

  /** What is told of the prompt and a cache, by servers and gateways under several names. */
  private static final class Cache {
    private int read = UNTOLD;
    private int written = UNTOLD;

    void member(String name, JsonParser p, JsonToken value) {
      switch (name) {
        case "cached_tokens", "prompt_cache_hit_tokens" -> read = known(count(p, value), read);
        case "cache_write_tokens", "cache_creation_tokens", "cache_creation_input_tokens" ->
            written = known(count(p, value), written);
        default -> p.skipChildren();
      }
    }

    void details(JsonParser p, JsonToken value) {
      if (value != JsonToken.START_OBJECT) {
        p.skipChildren();
        return;
      }
      while (p.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = p.currentName();
        member(name, p, p.nextToken());
      }
    }
  }

  private static void details(JsonParser p, JsonToken value, Map<String, Integer> to) {
    if (value != JsonToken.START_OBJECT) {
      p.skipChildren();
      return;
    }
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      detail(to, name, count(p, p.nextToken()));
    }
  }

  private static void detail(Map<String, Integer> to, String name, int count) {
    if (count > 0 && to.size() < DETAILS_MAX && name.matches("[a-z_]{1,40}")) {
      to.put(name, count);
    }
  }

  /** Some write a number with a fraction, some as a string. */
  private static int count(JsonParser p, JsonToken value) {
    double count =
        switch (value) {
          case VALUE_NUMBER_INT -> LooseJson.integer(p);
          case VALUE_NUMBER_FLOAT -> p.getDoubleValue();
          case VALUE_STRING -> number(p.getString().strip());
          default -> {
            p.skipChildren();
            yield UNTOLD;
          }
        };
    return count >= 0 && count <= COUNT_MAX ? (int) Math.round(count) : UNTOLD;
  }

  private static double number(String text) {
    return text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?") ? Double.parseDouble(text) : UNTOLD;
  }
}
