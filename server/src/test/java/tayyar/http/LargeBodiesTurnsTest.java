package tayyar.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tayyar.api.ApiError;
import tayyar.api.InferenceRequest;
import tayyar.api.Refused;

/** Keys share turns: what one waits for is nothing to the others. */
final class LargeBodiesTurnsTest {
  /** Two keys of one turn: their hash is the same. */
  private static final String ONE = "Aa";

  private static final String OTHER = "BB";

  private final EventLoop loop = new DefaultEventLoop();
  private final LargeBodies bodies = new LargeBodies();

  @AfterEach
  void end() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private CompletableFuture<Supplier<InferenceRequest>> read(String key, Runnable before) {
    var read = new CompletableFuture<Supplier<InferenceRequest>>();
    Supplier<InferenceRequest> reading =
        () -> {
          throw new Refused(new ApiError.EmptyInput("read"));
        };
    bodies.read(key, loop, before, reading, read::complete, () -> {});
    return read;
  }

  @Test
  void whoWaitsForTheCountersHoldsUpNobody() throws Exception {
    assertThat(OTHER).hasSameHashCodeAs(ONE);
    var counters = new CompletableFuture<Void>();
    var waits = read(ONE, counters::join);
    assertThatThrownBy(read(OTHER, () -> {}).get(10, TimeUnit.SECONDS)::get)
        .isInstanceOf(Refused.class);
    assertThat(waits).isNotDone();
    counters.complete(null);
    assertThatThrownBy(waits.get(10, TimeUnit.SECONDS)::get).isInstanceOf(Refused.class);
  }

  @Test
  void whoIsNotLetInIsNotRead() throws Exception {
    Supplier<InferenceRequest> refused =
        read(
                ONE,
                () -> {
                  throw new Refused(new ApiError.Draining());
                })
            .get(10, TimeUnit.SECONDS);
    assertThatThrownBy(refused::get)
        .isInstanceOfSatisfying(
            Refused.class, its -> assertThat(its.error()).isInstanceOf(ApiError.Draining.class));
  }
}
