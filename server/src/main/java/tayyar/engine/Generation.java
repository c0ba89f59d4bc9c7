package tayyar.engine;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.Sink;
import tayyar.api.Usage;

/**
 * One answer in the making. Its counters belong to the engine's thread; {@link #cancelled} and
 * {@link #paused} are set by the stream's loop.
 */
final class Generation {
  final int[] prompt;
  final String salt;
  final Sampler sampler;
  final @Nullable Guide form;
  final int tokensMax;
  private final Voice voice;
  private final Executor loop;
  volatile boolean cancelled;
  volatile boolean paused;
  int cachedTokens;
  int produced;

  /** Set by the engine when a slot takes it over. */
  MemorySegment chain = MemorySegment.NULL;

  /**
   * An answer that nothing is there of.
   *
   * @param form what its text is held to, or null
   * @param salt what of its prompt is in the memory is of use for those with the same one
   */
  Generation(
      int[] prompt,
      String salt,
      Sampler sampler,
      @Nullable Guide form,
      int tokensMax,
      Voice voice,
      Executor loop) {
    this.prompt = prompt;
    this.salt = salt;
    this.sampler = sampler;
    this.form = form;
    this.tokensMax = tokensMax;
    this.voice = voice;
    this.loop = loop;
  }

  /** Takes a token's bytes; returns whether a stop string has ended the answer. */
  boolean piece(byte[] bytes) {
    produced++;
    tell(voice.add(bytes));
    return voice.stopped();
  }

  /** Whether a token's bytes complete the form that the answer has, so that nothing may follow. */
  boolean completes(byte[] bytes) {
    if (form == null) {
      return false;
    }
    form.take(bytes);
    return form.isOver();
  }

  private void tell(@Nullable Consumer<Sink> said) {
    if (said != null) {
      run(
          sink -> {
            said.accept(sink);
            sink.flush();
          });
    }
  }

  void finish(FinishReason reason) {
    tell(voice.end());
    FinishReason told = voice.reason(reason);
    var usage = new Usage(prompt.length, produced, cachedTokens, false);
    run(
        sink -> {
          sink.finish(0, told);
          sink.usage(usage);
          sink.done();
        });
  }

  void fail(ApiError error) {
    run(sink -> sink.failed(error));
  }

  private void run(Consumer<Sink> told) {
    loop.execute(
        () -> {
          if (!cancelled) {
            told.accept(voice.sink());
          }
        });
  }
}
