package tayyar.api;

/**
 * Who may call. The secret itself is nowhere kept.
 *
 * @param id short and public, for the ledger and the logs
 * @param name given by the operator, may be empty
 * @param hint how lists show it: {@code sk-...f3c7}
 * @param requestsPerMinute at least 1
 * @param revoked true once revoked
 */
public record Key(String id, String name, String hint, int requestsPerMinute, boolean revoked) {}
