package tayyar.http;

import io.netty.channel.EventLoop;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.ApiError;
import tayyar.api.InferenceRequest;
import tayyar.api.Refused;
import tayyar.process.Vital;

/**
 * Parses bodies that would hold an event loop up for long. Each is parsed on a virtual thread,
 * those of one key one after the other, so that no key takes the processor from the others.
 * Thread-safe.
 */
final class LargeBodies {
  private static final Logger LOG = LoggerFactory.getLogger(LargeBodies.class);

  /**
   * The number of turns, which keys share by their hash: few enough to keep, more than there are
   * processors.
   */
  private static final int TURNS = 64;

  private final Semaphore[] turns = new Semaphore[TURNS];

  LargeBodies() {
    Arrays.setAll(turns, _ -> new Semaphore(1, true));
  }

  /**
   * Parses a body and returns to the loop with the request.
   *
   * @param before what has to be waited for, by this one alone, before it takes its turn; may
   *     refuse
   * @param then called on the loop with a supplier that returns the request or throws the refusal;
   *     not called where the loop has ended
   * @param lost called instead, on another thread
   */
  void read(
      String keyId,
      EventLoop loop,
      Runnable before,
      Supplier<InferenceRequest> reading,
      Consumer<Supplier<InferenceRequest>> then,
      Runnable lost) {
    Thread.ofVirtual()
        .name("body")
        .start(
            () -> {
              Supplier<InferenceRequest> read = read(keyId, before, reading);
              try {
                loop.execute(() -> then.accept(read));
              } catch (RejectedExecutionException e) {
                lost.run();
              }
            });
  }

  private Supplier<InferenceRequest> read(
      String keyId, Runnable before, Supplier<InferenceRequest> reading) {
    try {
      before.run();
      InferenceRequest request = inTurn(keyId, reading);
      return () -> request;
    } catch (Refused e) {
      return refusing(e.error());
    } catch (Throwable e) {
      Vital.check(e);
      LOG.atError().setCause(e).log("a bug in the reading of a body");
      return refusing(new ApiError.Internal());
    }
  }

  private InferenceRequest inTurn(String keyId, Supplier<InferenceRequest> reading) {
    Semaphore turn = turns[Math.floorMod(keyId.hashCode(), TURNS)];
    turn.acquireUninterruptibly();
    try {
      return reading.get();
    } finally {
      turn.release();
    }
  }

  private static Supplier<InferenceRequest> refusing(ApiError error) {
    return () -> {
      throw new Refused(error);
    };
  }
}
