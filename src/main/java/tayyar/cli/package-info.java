/** The commands. Called by Main; calls Main's wiring, config, fetch, keys and store. */
@org.jspecify.annotations.NullMarked
package tayyar.cli;
