package tayyar.accounts;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.api.Bill;
import tayyar.api.InferenceRequest;
import tayyar.api.Sampling;
import tayyar.api.Unfunded;

/** The store of a gateway that is alone: it lends all there is, at once. */
final class OneLender implements Lender {
  private long free;

  /** Lends this much. */
  OneLender(long free) {
    this.free = free;
  }

  @Override
  public synchronized void ask(
      Balance balance, long wanted, long untilNanos, @Nullable Runnable then) {
    balance.lent(free);
    balance.allIsHere(true);
    free = 0;
    if (then != null) {
      then.run();
    }
  }

  /**
   * Holds what an answer costs at first, as a server does: where it has to wait, it tries again.
   */
  static void reserve(Bill bill, InferenceRequest request) {
    try {
      bill.reserve("m", request);
    } catch (Unfunded e) {
      e.await(() -> reserve(bill, request));
    }
  }

  @Override
  public boolean away() {
    return false;
  }

  /** A request for the model "m", whose prompt has so many bytes. */
  static InferenceRequest request(int bytes) {
    return request(bytes, Sampling.NONE, 1);
  }

  static InferenceRequest request(int bytes, Sampling sampling, int answers) {
    return new InferenceRequest(
        "m",
        List.of(),
        true,
        false,
        sampling,
        List.of(),
        Set.of(),
        new byte[bytes],
        new InferenceRequest.Spans(1, -1, -1, -1, -1, -1, -1),
        new InferenceRequest.Asked.Completion(bytes, answers));
  }
}
