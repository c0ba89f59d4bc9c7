/** Tests of what whoever holds a key sees. */
@org.jspecify.annotations.NullMarked
package tayyar.customer;
