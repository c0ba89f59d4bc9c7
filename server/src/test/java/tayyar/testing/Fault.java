package tayyar.testing;

import java.util.ArrayList;
import java.util.List;
import tayyar.api.Bounds;

/**
 * A fault of a target, and what becomes of it.
 *
 * @param words the simulator's
 * @param tokens how many tokens come first; all where it comes behind the last
 * @param fatal false where the answer is whole all the same
 */
public record Fault(String words, int tokens, boolean fatal) {
  /** The tokens of an answer without a fault. */
  public static final int TOKENS = 9;

  private static final List<Integer> MOMENTS = List.of(0, 1, TOKENS / 2, TOKENS - 1);

  /** Each fault at each moment. */
  public static List<Fault> all() {
    List<Fault> all = new ArrayList<>();
    for (String words :
        List.of("cut", "reset", "stall", "garbage", "errorevent", "endless", "badframe")) {
      MOMENTS.forEach(at -> all.add(new Fault(words + "@" + at, at, true)));
    }
    for (String words : List.of("refuse", "hang", "empty", "status=500", "status=503")) {
      all.add(new Fault(words, 0, true));
    }
    all.add(new Fault("earlyhead hang", 0, true));
    all.add(new Fault("earlyhead cut@0", 0, true));
    all.add(new Fault("nofinish", TOKENS, false));
    all.add(new Fault("plain", TOKENS, false));
    all.add(new Fault("nodone", TOKENS, false));
    all.add(new Fault("closes", TOKENS, false));
    return all;
  }

  /** Whether the target brings its answer to an end by itself. */
  public boolean ends() {
    return words.matches("empty|plain|status=.*|no.*");
  }

  /** An answer above our own bound may be good; no other target is asked. */
  public boolean tooLarge() {
    return words.contains("endless");
  }

  /** Whether it is found by a deadline. */
  public boolean late() {
    return words.contains("hang") || words.contains("stall");
  }

  /**
   * Where the fault is not a delay, the deadlines are so long that a forgotten timer is still set
   * at the end.
   */
  public Bounds deadlines() {
    return late() ? TestFleet.QUICK : Bounds.DEFAULT;
  }

  /** How the ledger calls the end. */
  public String outcome() {
    return late() ? "timed_out" : "failed";
  }

  /** The status of an answer of which nothing had come. */
  public int status() {
    return tooLarge() ? 502 : 503;
  }

  /** The error's code. */
  public String code() {
    if (tooLarge()) {
      return "unreadable_answer";
    }
    return late() ? "upstream_timeout" : "upstream_failed";
  }

  @Override
  public String toString() {
    return words;
  }
}
