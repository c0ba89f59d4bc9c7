/** Listens to Ended: metrics and the log line. Called by http; calls nobody. */
@org.jspecify.annotations.NullMarked
package tayyar.telemetry;
