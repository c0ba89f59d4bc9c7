package tayyar.telemetry;

/**
 * A target as it stands.
 *
 * @param model the model it answers for
 * @param target its name
 * @param avoided whether it gets no requests now: it failed, rests, or is being started again
 * @param inFlight requests under way there
 */
public record TargetNow(String model, String target, boolean avoided, int inFlight) {}
