/**
 * The interfaces of an API language, at the client's end and at the target's. Steps 1 and 5 use
 * them; a further language implements them and is added to the wiring.
 */
@org.jspecify.annotations.NullMarked
package tayyar.dialect;
