/**
 * The types that all other packages share: requests, errors, endings. It does no I/O and never
 * blocks, uses only the JDK, and is called by all.
 */
@org.jspecify.annotations.NullMarked
package tayyar.api;
