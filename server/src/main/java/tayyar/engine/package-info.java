/**
 * The worker's own step 5: llama.cpp through the foreign-function API, with continuous batching.
 * Called by the worker's wiring; calls nobody.
 */
@org.jspecify.annotations.NullMarked
package tayyar.engine;
