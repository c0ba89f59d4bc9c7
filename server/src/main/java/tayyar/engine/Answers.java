package tayyar.engine;

import java.util.concurrent.Executor;
import java.util.function.Consumer;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.Sink;
import tayyar.api.Usage;

/**
 * The answers to one request, which are made side by side and end together: where one fails, none
 * goes on. The engine's thread tells it what there is; the sink hears of it on the stream's loop.
 */
final class Answers {
  private final Executor loop;
  private final Sink sink;
  private final boolean several;
  private volatile boolean unwanted;
  private volatile boolean paused;

  // The loop's.
  private boolean over;
  private int open;
  private int promptTokens;
  private int completionTokens;
  private int cachedTokens;

  /** So many answers that nothing is there of. */
  Answers(Executor loop, Sink sink, int count) {
    this.loop = loop;
    this.sink = sink;
    this.open = count;
    this.several = count > 1;
  }

  /** Whether nobody waits for them any more. */
  boolean unwanted() {
    return unwanted;
  }

  boolean paused() {
    return paused;
  }

  /** Holds them, or lets them go on; called on the loop. */
  void pause(boolean now) {
    paused = now;
  }

  /** Gives them up; called on the loop. */
  void cancel() {
    over = true;
    unwanted = true;
  }

  /** Gives a piece on. */
  void tell(Consumer<Sink> said) {
    loop.execute(
        () -> {
          if (!over) {
            said.accept(sink);
            sink.flush();
          }
        });
  }

  /**
   * The prompt of one is about to be read. Where no other one is there, its tokens are told ahead
   * of all else: some clients want to know them at once.
   */
  void begin(int prompt, int cached) {
    if (several) {
      return;
    }
    loop.execute(
        () -> {
          if (!over) {
            sink.usage(new Usage(prompt, 0, cached, false));
          }
        });
  }

  /** One is complete; the tokens are its own. */
  void finish(int choice, FinishReason reason, Usage its) {
    loop.execute(
        () -> {
          if (over) {
            return;
          }
          promptTokens += its.promptTokens();
          completionTokens += its.completionTokens();
          cachedTokens += its.cachedTokens();
          sink.finish(choice, reason);
          if (--open == 0) {
            over = true;
            sink.usage(new Usage(promptTokens, completionTokens, cachedTokens, false));
            sink.done();
          }
        });
  }

  /** One can't be made, so none is. */
  void fail(ApiError error) {
    unwanted = true;
    loop.execute(
        () -> {
          if (!over) {
            over = true;
            sink.failed(error);
          }
        });
  }
}
