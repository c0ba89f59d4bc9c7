package tayyar.gemini;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tayyar.api.Usage;
import tayyar.wire.PlainJson;
import tools.jackson.databind.JsonNode;

/**
 * The tokens of an answer. Each chunk may tell all up to it; thoughts are counted beside the
 * answer's, tokens in a cache are part of the prompt's, and what the server's own tools read is
 * not.
 *
 * @see <a href="https://ai.google.dev/api/generate-content#UsageMetadata">UsageMetadata</a>
 */
final class Tokens {
  /** What one chunk tells of them; what it does not tell is 0. */
  static final class Told {
    private static final int PROMPT = 0;
    private static final int TOOLS = 1;
    private static final int CACHED = 2;
    private static final int CANDIDATES = 3;
    private static final int THOUGHTS = 4;
    private static final int TOTAL = 5;
    private static final String[] NAMES = {
      "promptTokenCount",
      "toolUsePromptTokenCount",
      "cachedContentTokenCount",
      "candidatesTokenCount",
      "thoughtsTokenCount",
      "totalTokenCount"
    };
    private static final byte[][] ASCII =
        Stream.of(NAMES).map(name -> name.getBytes(US_ASCII)).toArray(byte[][]::new);

    private final int[] counts = new int[NAMES.length];
    private final Numbers numbers = new Numbers();

    void clear() {
      Arrays.fill(counts, 0);
    }

    /** Whether it tells nothing. */
    boolean isNothing() {
      return (counts[PROMPT] | counts[CANDIDATES] | counts[THOUGHTS] | counts[TOTAL]) == 0;
    }

    void read(JsonNode usage) {
      for (int i = 0; i < counts.length; i++) {
        counts[i] = Math.clamp(usage.path(NAMES[i]).asLong(0), 0, COUNT_MAX);
      }
    }

    /** The same of JSON that is not decoded; false where it is odd. */
    boolean read(PlainJson json) {
      numbers.begin(json);
      return json.object(() -> member(json));
    }

    private boolean member(PlainJson json) {
      if (json.next() < '0' || json.next() > '9') {
        return json.next() == '[' ? json.values() : json.value();
      }
      int its = 0;
      while (its < ASCII.length && !json.named(ASCII[its])) {
        its++;
      }
      numbers.before(json);
      int count = json.integer();
      numbers.behind(json, its);
      if (its < ASCII.length) {
        counts[its] = count;
      }
      return isCount(count);
    }

    /**
     * What was read last is compared with the next ones, which differ in its numbers alone.
     *
     * @return how much had been taken behind the last number; -1 where there are too many
     */
    int learn(PlainJson json) {
      return numbers.learn(json);
    }

    /** Reads up to the last number what is as it was learnt; false where it is not. */
    boolean readAgain(PlainJson json) {
      return numbers.readAgain(json, counts);
    }
  }

  /** The numbers of one object, and what stands between them. */
  private static final class Numbers {
    private static final int MAX = 8;

    // Of the object read last: where each number begins and ends.
    private final int[] from = new int[MAX];
    private final int[] to = new int[MAX + 1];
    private final int[] which = new int[MAX];
    private int read;

    // Of the learnt one: what stands before each number, and whose it is.
    private byte[][] between = {};
    private int[] whose = {};

    void begin(PlainJson json) {
      read = 0;
      to[0] = json.takenLength();
    }

    void before(PlainJson json) {
      from[Math.min(read, MAX - 1)] = json.takenLength();
    }

    void behind(PlainJson json, int its) {
      which[Math.min(read, MAX - 1)] = its;
      read++;
      to[Math.min(read, MAX)] = json.takenLength();
    }

    int learn(PlainJson json) {
      if (read > MAX) {
        return -1;
      }
      between = new byte[read][];
      whose = Arrays.copyOf(which, read);
      for (int i = 0; i < read; i++) {
        between[i] = json.taken(to[i], from[i]);
      }
      return to[read];
    }

    boolean readAgain(PlainJson json, int[] counts) {
      for (int i = 0; i < between.length; i++) {
        int count = json.begins(between[i]) ? json.integer() : -1;
        if (!isCount(count)) {
          return false;
        }
        if (whose[i] < counts.length) {
          counts[whose[i]] = count;
        }
      }
      return true;
    }
  }

  /** More than this no request has. */
  private static final int COUNT_MAX = 100_000_000;

  private static boolean isCount(int number) {
    return number >= 0 && number <= COUNT_MAX;
  }

  private int prompt;
  private int cached;
  private int written;
  private int thought;

  /** Takes in what a chunk tells; null where that is nothing. */
  @Nullable Usage take(Told now) {
    if (now.isNothing()) {
      return null;
    }
    int[] counts = now.counts;
    int read = counts[Told.PROMPT] + counts[Told.TOOLS];
    prompt = read == 0 ? prompt : read;
    cached = Math.max(cached, counts[Told.CACHED]);
    thought = Math.max(thought, counts[Told.THOUGHTS]);
    // Some count thoughts among the candidates' tokens, and the total tells them.
    int rest = Math.max(0, counts[Told.TOTAL] - read);
    int apart = counts[Told.CANDIDATES] + counts[Told.THOUGHTS];
    boolean among = apart == 0 || rest == counts[Told.CANDIDATES];
    written = Math.max(written, among && rest > 0 ? rest : apart);
    return usage(false);
  }

  private Usage usage(boolean estimated) {
    Map<String, Integer> details = thought == 0 ? Map.of() : Map.of("reasoning_tokens", thought);
    return new Usage(prompt, written, Math.min(cached, prompt), 0, estimated, details);
  }

  /**
   * In a document no token is seen: where none are told, four bytes are taken for one.
   *
   * @return null where they are told
   */
  @Nullable Usage estimate(int promptTokens, long bytes) {
    if (written > 0 || bytes == 0) {
      return null;
    }
    prompt = prompt == 0 ? promptTokens : prompt;
    written = (int) ((bytes + 3) / 4);
    return usage(true);
  }
}
