package tayyar.config;

import java.util.List;
import tayyar.api.Bounds;

/**
 * Spreads a model's requests over its targets.
 *
 * @param policy picks among targets
 * @param fallback names of the models, in order, that answer where no target of this model can
 * @param continues whether a broken answer goes on at another target
 * @param streamed whether whole answers are asked of targets as streams; always so where broken
 *     ones go on
 * @param queue requests that may wait while all targets are full, 0 to 100,000
 * @param bounds the general bounds with this model's deadlines
 */
public record Routing(
    Policy policy,
    List<String> fallback,
    boolean continues,
    boolean streamed,
    int queue,
    Bounds bounds) {
  private static final int QUEUE = 1_000;
  private static final int QUEUE_MAX = 100_000;

  /** Picks among healthy targets that have room. */
  public enum Policy {
    /** Draws two at random and takes the one with the lower load for its weight. */
    POWER_OF_TWO("powerOfTwo"),
    /** The one with the fewest requests under way for its weight. */
    LEAST_IN_FLIGHT("leastInFlight"),
    /** Each in proportion to its weight. */
    WEIGHTED("weighted"),
    /** The one expected to give its first token soonest. */
    LOWEST_FIRST_TOKEN("lowestFirstToken"),
    /** The one that has the conversation, or its system prompt, in its cache. */
    PREFIX_AFFINITY("prefixAffinity");

    private final String word;

    Policy(String word) {
      this.word = word;
    }

    /** Its name in the configuration. */
    public String word() {
      return word;
    }
  }

  /** Refuses contradictions and values out of range. */
  public Routing {
    Text.range("queue", queue, 0, QUEUE_MAX);
    fallback = List.copyOf(fallback);
  }

  /** The settings where the operator sets none. */
  public static Routing usual(Bounds bounds) {
    return new Routing(Policy.POWER_OF_TWO, List.of(), false, false, QUEUE, bounds);
  }

  static Routing read(Section section, Bounds bounds) {
    Routing usual = usual(bounds);
    Policy policy = section.value("policy", usual.policy(), Routing::policy);
    List<String> fallback = section.texts("fallback");
    boolean continues = section.value("continue", usual.continues(), Text::yesOrNo);
    boolean streamed = section.value("whole", usual.streamed(), Routing::streamed);
    int queue = section.value("queue", usual.queue(), Text::number);
    Bounds its = BoundsReader.answer(section.part("deadlines"), bounds);
    return section.settings(
        usual, () -> new Routing(policy, fallback, continues, streamed, queue, its));
  }

  private static boolean streamed(String name, String text) {
    return switch (text) {
      case "document" -> false;
      case "streamed" -> true;
      default ->
          throw new ConfigException(
              "'" + name + "' is '" + text + "'; it must be document or streamed");
    };
  }

  private static Policy policy(String name, String text) {
    for (Policy policy : Policy.values()) {
      if (policy.word.equals(text)) {
        return policy;
      }
    }
    List<String> words = List.of(Policy.values()).stream().map(Policy::word).toList();
    throw new ConfigException(
        "'" + name + "' is '" + text + "'; write one of " + String.join(", ", words));
  }
}
