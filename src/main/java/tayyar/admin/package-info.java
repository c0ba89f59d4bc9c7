/** The control plane: health, readiness, metrics. Called by Main; calls telemetry. */
@org.jspecify.annotations.NullMarked
package tayyar.admin;
