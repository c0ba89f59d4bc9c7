/**
 * The worker's own step 5: llama.cpp through the foreign-function API. Called by Main; calls
 * nobody.
 */
@org.jspecify.annotations.NullMarked
package tayyar.engine;
