/**
 * Brings natives and models onto this machine: pinned, checked, resumed after a break. Called by
 * cli and the wiring; calls nobody.
 */
@org.jspecify.annotations.NullMarked
package tayyar.fetch;
