package tayyar.routing;

import tayyar.api.Target;

/**
 * The state of a model's target.
 *
 * @param model the model's id
 * @param avoided whether it gets requests only where there is no other
 * @param inFlight requests under way
 */
public record Standing(String model, Target target, boolean avoided, int inFlight) {}
