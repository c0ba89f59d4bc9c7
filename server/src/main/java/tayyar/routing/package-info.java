/**
 * Step 3: choose a target; filter, score, pick. Called by http through the wiring; calls no other
 * step.
 */
@org.jspecify.annotations.NullMarked
package tayyar.routing;
