/** Step 4: may it, now. Called by http; calls nobody. */
@org.jspecify.annotations.NullMarked
package tayyar.limits;
