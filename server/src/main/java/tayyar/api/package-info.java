/**
 * The words all other packages share: requests, errors, endings. No I/O and nothing that blocks;
 * uses nothing but the JDK; called by everyone.
 */
@org.jspecify.annotations.NullMarked
package tayyar.api;
