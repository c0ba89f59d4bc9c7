/** Bugs that were found, a file each: what went wrong must not come back. */
@org.jspecify.annotations.NullMarked
package tayyar.issues;
