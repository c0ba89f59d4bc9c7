package tayyar.api;

/**
 * Limits of a key, a project, an organisation or a plan; 0 is none.
 *
 * @param requestsPerMinute requests in 60 seconds
 * @param tokensPerMinute tokens read and written in 60 seconds
 * @param requestsAtOnce requests under way at once
 * @param tokensPerRequest tokens read and written by one request
 * @param spendPerDay billionths of the currency in a calendar day of the organisation's zone
 * @param spendPerMonth the same in a calendar month
 */
public record Limits(
    int requestsPerMinute,
    int tokensPerMinute,
    int requestsAtOnce,
    int tokensPerRequest,
    long spendPerDay,
    long spendPerMonth) {
  /** No limit. */
  public static final Limits NONE = new Limits(0, 0, 0, 0, 0, 0);

  /** A limit of requests a minute alone. */
  public static Limits ofRequests(int perMinute) {
    return new Limits(perMinute, 0, 0, 0, 0, 0);
  }

  /** The same with another limit of requests a minute. */
  public Limits withRequests(int perMinute) {
    return new Limits(
        perMinute, tokensPerMinute, requestsAtOnce, tokensPerRequest, spendPerDay, spendPerMonth);
  }

  /** Whether there is a limit of what may be spent. */
  public boolean ofSpend() {
    return spendPerDay > 0 || spendPerMonth > 0;
  }
}
