/**
 * Step 1: the socket; listeners, routes, bodies, error envelope. Called by the wiring; calls all
 * the steps below.
 */
@org.jspecify.annotations.NullMarked
package tayyar.http;
