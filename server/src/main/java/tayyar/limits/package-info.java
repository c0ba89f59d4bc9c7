/** Step 4: admit or refuse, by limits and memory. Called by http; calls no other step. */
@org.jspecify.annotations.NullMarked
package tayyar.limits;
