/**
 * How this process ends: by itself where it could only go on half dead, with its parent, at a
 * signal. Called by all who run something that must live; calls nobody.
 */
@org.jspecify.annotations.NullMarked
package tayyar.process;
