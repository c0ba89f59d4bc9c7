/** Step 3: where to; filter, score, pick. Called by http through the wiring; calls nobody. */
@org.jspecify.annotations.NullMarked
package tayyar.routing;
