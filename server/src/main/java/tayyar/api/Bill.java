package tayyar.api;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one request may use, and what it pays. Used on the stream's event loop; {@link #settle}
 * counts once.
 */
public interface Bill {
  /** The bill of those who pay nothing and may use everything. */
  Bill FREE =
      new Bill() {
        @Override
        public void reserve(String model, InferenceRequest request) {}

        @Override
        public boolean allows(String model) {
          return true;
        }

        @Override
        public @Nullable RuntimeException uncovered() {
          return null;
        }

        @Override
        public @Nullable Set<String> regions() {
          return null;
        }

        @Override
        public boolean coversWhole() {
          return true;
        }

        @Override
        public @Nullable Outcome spend(String model) {
          return null;
        }

        @Override
        public long priceId(String model) {
          return 0;
        }

        @Override
        public @Nullable Cost cost(String model, Usage usage) {
          return null;
        }

        @Override
        public Charge settle(String model, Usage usage) {
          return Charge.NONE;
        }
      };

  /**
   * Holds what the answer costs at first: its prompt and a slice of its text.
   *
   * @param model the model's own name, where the request has an alias
   * @throws Refused if the model may not be used, has no price, or is not covered by the balance
   * @throws Unfunded if that is not known yet; the same call may be made again
   */
  void reserve(String model, InferenceRequest request);

  /**
   * Whether a fallback model may answer instead; holds what its answer costs at first, where that
   * is more.
   */
  boolean allows(String model);

  /**
   * What to throw where nothing but a fallback model could answer that {@link #allows} did not find
   * covered: {@link Unfunded}, or {@link Refused} where the request has waited or no more can come;
   * null where all were covered. What was held is given back.
   */
  @Nullable RuntimeException uncovered();

  /** The regions of the targets that may answer; null for any. */
  @Nullable Set<String> regions();

  /** Whether the longest answer is covered and allowed, so that it may come as one document. */
  boolean coversWhole();

  /**
   * Counts a token that is about to be given to the client; holds another slice where the last one
   * is used up.
   *
   * @param model whose it is
   * @return null where the client may have it, otherwise how the answer ends without it, as one
   *     that reached its length
   */
  @Nullable Outcome spend(String model);

  /** The version of the price that an answer of this model costs; 0 where it costs nothing. */
  long priceId(String model);

  /**
   * Tells what {@link #settle} would take, and changes nothing; null where nobody keeps accounts.
   */
  @Nullable Cost cost(String model, Usage usage);

  /** Gives back what is held and takes what the answer costs; later calls change nothing. */
  Charge settle(String model, Usage usage);
}
