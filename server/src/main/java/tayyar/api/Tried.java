package tayyar.api;

/**
 * A finished try. Times are microseconds since the request's head was read.
 *
 * @param target name of the target
 * @param model the model that was asked, as clients call it; a fallback's own name
 * @param spanId its span, empty where spans are not recorded
 * @param startedMicros when it began
 * @param firstTokenMicros when its first content came, or -1
 * @param endedMicros when it was over
 * @param ending its ending: {@code completed}, {@code cancelled} (by us: the client left, or time
 *     was up), {@code timeout_} with a phase, {@code refused} (the request's own fault), {@code
 *     unreadable_answer} and {@code internal_error} (ours), or an error's code
 * @param detail the same in a few words, or empty; never a text of the target
 * @param again the fault of the kept connection, where the target was asked a second time on a new
 *     one; empty where it was asked once
 */
public record Tried(
    String target,
    String model,
    String spanId,
    long startedMicros,
    long firstTokenMicros,
    long endedMicros,
    String ending,
    String detail,
    String again) {

  /** The ending of a try that gave the whole answer. */
  public static final String COMPLETED = "completed";

  /** The ending of a try that we broke off; nobody is to blame. */
  public static final String CANCELLED = "cancelled";

  /** Whether it gave the whole answer. */
  public boolean completed() {
    return ending.equals(COMPLETED);
  }

  /** Whether it gave the whole answer and was asked only once. */
  public boolean smooth() {
    return completed() && again.isEmpty();
  }
}
