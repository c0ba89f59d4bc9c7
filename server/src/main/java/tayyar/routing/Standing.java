package tayyar.routing;

import tayyar.api.Target;

/**
 * How a target of a model stands.
 *
 * @param model the model's id
 * @param avoided whether it gets no requests as long as there is another
 * @param inFlight requests under way
 */
public record Standing(String model, Target target, boolean avoided, int inFlight) {}
