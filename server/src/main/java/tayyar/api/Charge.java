package tayyar.api;

/**
 * What a request costs.
 *
 * @param projectId whose it is; empty where no key was valid
 * @param priceId the version of the price; 0 where there is none
 * @param amount billionths of the store's currency, at least 0
 */
public record Charge(String projectId, long priceId, long amount) {
  /** Nothing, to nobody. */
  public static final Charge NONE = new Charge("", 0, 0);
}
