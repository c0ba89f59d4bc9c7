package tayyar.engine;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.JsonText;
import tayyar.api.Part;
import tayyar.api.Sink;
import tayyar.api.Sink.Kind;
import tayyar.api.Usage;

/**
 * One answer in the making. Its counters belong to the engine's thread; {@link #cancelled} and
 * {@link #paused} are set by the stream's loop.
 */
final class Generation {
  private static final byte[] NOTHING = {};

  final int[] prompt;
  final String salt;
  final Sampler sampler;
  final @Nullable Guide form;
  final int tokensMax;
  final @Nullable Told told;
  private final TextOut text;
  private final Executor loop;
  private final Sink sink;
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
   * @param told what is told of its tokens, or null
   * @param salt what of its prompt is in the memory is of use for those with the same one
   */
  Generation(
      int[] prompt,
      String salt,
      Sampler sampler,
      @Nullable Guide form,
      @Nullable Told told,
      int tokensMax,
      TextOut text,
      Executor loop,
      Sink sink) {
    this.prompt = prompt;
    this.salt = salt;
    this.sampler = sampler;
    this.form = form;
    this.told = told;
    this.tokensMax = tokensMax;
    this.text = text;
    this.loop = loop;
    this.sink = sink;
  }

  /**
   * Takes a token's bytes; returns whether a stop string has ended the answer.
   *
   * @param entry what is told of the token, or null
   */
  boolean piece(byte[] bytes, byte @Nullable [] entry) {
    produced++;
    byte[] shown = text.add(bytes);
    if (told != null && entry != null) {
      told.add(entry);
      tell(told.with(shown, text.held()), shown);
    } else {
      tell(NOTHING, shown);
    }
    return text.stopped();
  }

  /** Whether a token's bytes complete the form that the answer has, so that nothing may follow. */
  boolean completes(byte[] bytes) {
    if (form == null) {
      return false;
    }
    form.take(bytes);
    return form.isOver();
  }

  /** Gives text on, behind what is told of its tokens. */
  private void tell(byte[] entries, byte[] utf8) {
    if (utf8.length == 0 && entries.length == 0) {
      return;
    }
    byte[] json = JsonText.escape(utf8);
    loop.execute(
        () -> {
          if (cancelled) {
            return;
          }
          if (entries.length > 0) {
            sink.part(0, new Part.Logprobs(Kind.CONTENT, entries));
          }
          if (json.length > 0) {
            sink.delta(0, Kind.CONTENT, json, 0, json.length);
          }
          sink.flush();
        });
  }

  void finish(FinishReason reason) {
    boolean stopped = text.stopped();
    tell(told == null ? NOTHING : told.rest(stopped), text.end());
    var usage = new Usage(prompt.length, produced, cachedTokens, false);
    loop.execute(
        () -> {
          if (!cancelled) {
            sink.finish(0, reason);
            sink.usage(usage);
            sink.done();
          }
        });
  }

  void fail(ApiError error) {
    loop.execute(
        () -> {
          if (!cancelled) {
            sink.failed(error);
          }
        });
  }
}
