/** Listens to Ended: metrics, traces and the log line. Called by http; calls no other step. */
@org.jspecify.annotations.NullMarked
package tayyar.telemetry;
