/** The commands. Called by Main; calls Main's wiring, config, bench, fetch, keys and store. */
@org.jspecify.annotations.NullMarked
package tayyar.cli;
