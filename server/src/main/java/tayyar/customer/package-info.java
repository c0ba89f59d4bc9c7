/**
 * What whoever holds a key sees of its organisation's account: balance, usage, single requests.
 * Called by root; its pages are served by http.
 */
@org.jspecify.annotations.NullMarked
package tayyar.customer;
