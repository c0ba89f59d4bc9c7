package tayyar.api;

import java.time.Duration;

/**
 * How responses are stored, where the operator lets clients ask for it.
 *
 * @param keep how long each is there, above zero
 * @param responseBytesMax of one with its input; a larger one is answered and not stored
 * @param organisationResponsesMax of one organisation; above it its oldest ones go
 * @param organisationBytesMax the same of their bytes
 */
public record Storing(
    Duration keep, int responseBytesMax, int organisationResponsesMax, long organisationBytesMax) {
  /** What an operator gets who only switches it on. */
  public static final Storing USUAL = new Storing(Duration.ofDays(30), 4 << 20, 10_000, 256L << 20);
}
