package tayyar.api;

/**
 * An API key. The secret itself is not kept.
 *
 * @param id short and public, for the ledger and the logs
 * @param name given by the operator, may be empty
 * @param hint its form in lists: {@code sk-...f3c7}
 * @param requestsPerMinute at least 1
 * @param revoked true once revoked
 * @param expiresMs when it stops being valid, milliseconds since the epoch; {@link #NEVER}
 * @param account whose it is
 */
public record Key(
    String id,
    String name,
    String hint,
    int requestsPerMinute,
    boolean revoked,
    long expiresMs,
    Account account) {
  /** The end of a key that has none. */
  public static final long NEVER = Long.MAX_VALUE;

  /** A key of the default account, without an end. */
  public Key(String id, String name, String hint, int requestsPerMinute, boolean revoked) {
    this(id, name, hint, requestsPerMinute, revoked, NEVER, Account.DEFAULT);
  }
}
