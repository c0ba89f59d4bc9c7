/** Step 3: where to; filter, score, pick. Called by http; calls nobody. */
@org.jspecify.annotations.NullMarked
package tayyar.routing;
