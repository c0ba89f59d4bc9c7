/** Responses that clients have asked to be stored, in the store's database. */
@org.jspecify.annotations.NullMarked
package tayyar.stored;
