package tayyar.api;

/**
 * A try to have a request answered.
 *
 * @param number 1 for the first
 * @param model the model that is asked, as clients call it; a fallback's own name
 * @param target name of the target
 * @param whole whether the answer was asked for as one document: then no token has a time of its
 *     own
 */
public record Attempt(int number, String model, String target, boolean whole) {}
