package tayyar.engine;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.Sink;
import tayyar.api.Usage;

/** One answer in the making. Belongs to the engine's thread once it is handed over. */
final class Generation {
  final int[] prompt;
  final String salt;
  final Sampler sampler;
  final @Nullable Guide form;
  final int tokensMax;
  final Answers answers;
  final @Nullable Told told;
  private final int choice;
  private final Voice voice;
  private final @Nullable Echo echo;

  /** Another answer to the same prompt, which reads it first; null where this is the first. */
  final @Nullable Generation first;

  int cachedTokens;
  int produced;

  /** Whether the reading of its prompt was broken off for others: that happens once. */
  boolean brokenOff;

  /** The slot that it was given, or null before. */
  @Nullable Slot slot;

  /** Whether its prompt has been read, so that others can have it. */
  boolean hasRead;

  /** Set by the engine when a slot takes it over. */
  MemorySegment chain = MemorySegment.NULL;

  /**
   * An answer that nothing is there of.
   *
   * @param salt what of its prompt is in the memory is of use for those with the same one
   * @param form what its text is held to, or null
   * @param told what is told of its tokens, or null
   * @param echo the prompt's text, with which it begins, or null
   */
  Generation(
      int[] prompt,
      @Nullable Generation first,
      String salt,
      Sampler sampler,
      @Nullable Guide form,
      @Nullable Told told,
      int tokensMax,
      Voice voice,
      @Nullable Echo echo,
      Answers answers,
      int choice) {
    this.prompt = prompt;
    this.first = first;
    this.salt = salt;
    this.sampler = sampler;
    this.form = form;
    this.told = told;
    this.tokensMax = tokensMax;
    this.voice = voice;
    this.echo = echo;
    this.answers = answers;
    this.choice = choice;
  }

  /**
   * Takes a token's bytes; returns whether a stop string has ended the answer.
   *
   * @param entry what is told of the token, or null
   */
  boolean piece(byte[] bytes, byte @Nullable [] entry) {
    produced++;
    tell(voice.add(bytes, entry));
    return voice.stopped();
  }

  /** What is told of the prompt's tokens, or null; they need the logits of all their places. */
  @Nullable Told toldOfPrompt() {
    return echo == null ? null : told;
  }

  /** The first token of the prompt that is of its text. */
  int echoFrom() {
    return echo == null ? 0 : echo.from();
  }

  /** The prompt has been read: it is what the answer begins with, if that was asked for. */
  void begin() {
    if (echo != null) {
      tell(voice.begin(echo));
    }
  }

  /** Whether a token's bytes complete the form that the answer has, so that nothing may follow. */
  boolean completes(byte[] bytes) {
    if (form == null) {
      return false;
    }
    form.take(bytes);
    return form.isOver();
  }

  /**
   * A slot has it.
   *
   * @param cached tokens of its prompt that the slot holds already
   */
  void begins(int cached) {
    cachedTokens = cached;
    answers.begin(prompt.length, cached);
  }

  private void tell(@Nullable Consumer<Sink> said) {
    if (said != null) {
      answers.tell(said);
    }
  }

  void finish(FinishReason reason) {
    tell(voice.end());
    boolean counts = first == null;
    var usage = new Usage(counts ? prompt.length : 0, produced, counts ? cachedTokens : 0, false);
    answers.finish(choice, voice.reason(reason), usage);
  }

  void fail(ApiError error) {
    answers.fail(error);
  }
}
