package tayyar.engine;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.ApiError;
import tayyar.api.InferenceRequest;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.api.Sink;
import tayyar.api.Source;
import tayyar.api.Usage;
import tayyar.process.Vital;

/**
 * A count of a prompt's tokens. It waits for no slot, but takes a place among those that do while
 * it is made: as many prompts are tokenised at once as there may be answers. Lives on the loop; the
 * prompt is made on a virtual thread.
 */
final class CountSource implements Source {
  private static final Logger LOG = LoggerFactory.getLogger(CountSource.class);

  private final Orders orders;
  private final Scheduler scheduler;
  private final InferenceRequest request;
  private final Room room;
  private final Executor loop;
  private volatile boolean unwanted;

  CountSource(
      Orders orders, Scheduler scheduler, InferenceRequest request, Room room, Executor loop) {
    this.orders = orders;
    this.scheduler = scheduler;
    this.request = request;
    this.room = room;
    this.loop = loop;
  }

  @Override
  public void start(Sink sink) {
    if (scheduler.reserve(1)) {
      Thread.ofVirtual().name("count").start(() -> count(sink));
    } else {
      sink.failed(new ApiError.QueueFull());
    }
  }

  private void count(Sink sink) {
    int tokens = 0;
    ApiError error = null;
    try {
      tokens = orders.count(request, room, () -> unwanted);
    } catch (Refused e) {
      error = e.error();
    } catch (Throwable e) {
      Vital.check(e);
      LOG.atError().setCause(e).log("a bug in the making of a prompt");
      error = new ApiError.Internal();
    } finally {
      scheduler.unreserve(1);
    }
    hand(sink, tokens, error);
  }

  private void hand(Sink sink, int tokens, @Nullable ApiError error) {
    loop.execute(
        () -> {
          if (unwanted) {
            return;
          }
          if (error == null) {
            sink.usage(new Usage(tokens, 0, 0, false));
            sink.done();
          } else {
            sink.failed(error);
          }
        });
  }

  @Override
  public void pause() {}

  @Override
  public void resume() {}

  @Override
  public void cancel() {
    unwanted = true;
  }
}
