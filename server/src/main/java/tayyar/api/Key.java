package tayyar.api;

import java.util.List;

/**
 * An API key. The secret itself is not kept.
 *
 * @param id short and public, for the ledger and the logs
 * @param name given by the operator, may be empty
 * @param hint its form in lists: {@code sk-...f3c7}
 * @param revoked true once revoked
 * @param expiresMs when it stops being valid, milliseconds since the epoch; {@link #NEVER}
 * @param account whose it is
 * @param scopes all limits that hold its requests, its own first
 * @param showsCost whether its answers tell what they cost, though its requests do not ask
 */
public record Key(
    String id,
    String name,
    String hint,
    boolean revoked,
    long expiresMs,
    Account account,
    List<Scope> scopes,
    boolean showsCost) {
  /** The end of a key that has none. */
  public static final long NEVER = Long.MAX_VALUE;

  /** A key whose answers tell what they cost where its requests ask. */
  public Key(
      String id,
      String name,
      String hint,
      boolean revoked,
      long expiresMs,
      Account account,
      List<Scope> scopes) {
    this(id, name, hint, revoked, expiresMs, account, scopes, false);
  }

  /** A key of the default account, without an end. */
  public Key(String id, String name, String hint, int requestsPerMinute, boolean revoked) {
    this(
        id,
        name,
        hint,
        revoked,
        NEVER,
        Account.DEFAULT,
        List.of(new Scope(Scope.Level.KEY, name, id, Limits.ofRequests(requestsPerMinute))));
  }

  /** Returns its own limits. */
  public Limits limits() {
    return scopes.getFirst().limits();
  }

  /** Returns its own limit of requests in 60 seconds, at least 1. */
  public int requestsPerMinute() {
    return limits().requestsPerMinute();
  }
}
