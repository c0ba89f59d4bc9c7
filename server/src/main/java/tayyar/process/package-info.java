/**
 * Ends this process: by itself where it could only go on half dead, with its parent, at a signal.
 * Called by packages that run vital threads; calls no package.
 */
@org.jspecify.annotations.NullMarked
package tayyar.process;
