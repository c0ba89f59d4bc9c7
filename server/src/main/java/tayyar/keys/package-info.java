/** Step 2: who is it. Called by http; calls nobody. */
@org.jspecify.annotations.NullMarked
package tayyar.keys;
