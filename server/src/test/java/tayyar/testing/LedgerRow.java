package tayyar.testing;

/**
 * A row of the ledger, as stored.
 *
 * @param requestId the X-Request-Id
 * @param keyId whose request
 * @param model its own name, or what the client wrote where there is none
 * @param target who answered
 * @param attempts how many targets were asked
 * @param outcome how it ended, in one word
 * @param status what the client was sent, or 499
 * @param promptTokens tokens read
 * @param completionTokens tokens written
 * @param cachedTokens those of the tokens read that were in a cache
 * @param estimated whether the numbers are our guess
 * @param tries what became of each target that was asked, or empty where the first answered well
 */
public record LedgerRow(
    String requestId,
    String keyId,
    String model,
    String target,
    int attempts,
    String outcome,
    int status,
    int promptTokens,
    int completionTokens,
    int cachedTokens,
    boolean estimated,
    String tries) {}
