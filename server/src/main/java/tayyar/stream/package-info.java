/**
 * Step 6: relay the events, count them, notice every way to end. Called by http and upstream; calls
 * nobody.
 */
@org.jspecify.annotations.NullMarked
package tayyar.stream;
