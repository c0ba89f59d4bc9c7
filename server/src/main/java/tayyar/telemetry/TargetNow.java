package tayyar.telemetry;

/**
 * The state of a target.
 *
 * @param model the model it answers for
 * @param target its name
 * @param avoided whether it gets no requests now: it failed, rests, or restarts
 * @param inFlight requests under way there
 */
public record TargetNow(String model, String target, boolean avoided, int inFlight) {}
