package tayyar.routing;

import tayyar.api.Target;

/**
 * The state of a model's target.
 *
 * @param model the model's id
 * @param avoided whether it gets requests only where there is no other
 * @param drained whether it gets no new requests, for its operator said so
 * @param restNanos what is left of the pause that it asked for; 0 where it does not rest
 * @param inFlight requests under way
 */
public record Standing(
    String model, Target target, boolean avoided, boolean drained, long restNanos, int inFlight) {}
