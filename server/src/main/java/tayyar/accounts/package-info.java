/**
 * Who pays: prices, balances, and the bill of each request. Called by root and cli; calls no other
 * step.
 */
@org.jspecify.annotations.NullMarked
package tayyar.accounts;
