/** The control plane: health, readiness, metrics. Called by the wiring; http serves its pages. */
@org.jspecify.annotations.NullMarked
package tayyar.admin;
