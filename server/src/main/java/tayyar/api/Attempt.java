package tayyar.api;

/**
 * One try of a request at a target.
 *
 * @param number 1 for the first
 * @param model the model that is asked, as clients call it; a fallback's own name
 * @param target name of the target
 * @param whole whether the answer was asked for as one document, in which tokens have no times of
 *     their own
 */
public record Attempt(int number, String model, String target, boolean whole) {}
