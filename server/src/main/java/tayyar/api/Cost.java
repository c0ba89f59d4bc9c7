package tayyar.api;

/**
 * What an answer costs, as its client is told.
 *
 * @param amount billionths of the currency, at least 0
 * @param currency its word, such as {@code EGP}
 */
public record Cost(long amount, String currency) {}
