package tayyar.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;

/** Draws an answer's next token and gives its text on. Belongs to the engine's thread. */
final class Drawing {
  private final Llama llama;
  private final Vocabulary vocabulary;
  private final MemorySegment context;
  private final int contextTokens;
  private final MemorySegment scratch;
  private @Nullable Likelihoods likelihoods;

  Drawing(
      Llama llama, Vocabulary vocabulary, MemorySegment context, int contextTokens, Arena arena) {
    this.llama = llama;
    this.vocabulary = vocabulary;
    this.context = context;
    this.contextTokens = contextTokens;
    this.scratch = arena.allocate(256);
  }

  /** Tells of the tokens behind those of a prompt that have just been computed. */
  void readPrompt(Slot slot, Generation generation) {
    Told told = generation.toldOfPrompt();
    if (told == null) {
      return;
    }
    int from = generation.echoFrom();
    for (int i = 0; i < slot.taken; i++) {
      int at = slot.promptDone + i;
      if (at == 0 && from == 0) {
        likelihoods().tellFirst(generation.prompt[0], told);
      }
      if (at + 1 < generation.prompt.length && at + 1 >= from) {
        likelihoods().see(logits(slot.firstAt + i), told.best());
        likelihoods().tell(generation.prompt[at + 1], told);
      }
    }
  }

  /** Returns whether the answer is over; its generation has been told so then. */
  boolean ends(Slot slot, Generation generation) {
    if (slot.next < 0) {
      generation.begin();
      if (generation.tokensMax == 0) {
        generation.finish(FinishReason.LENGTH);
        return true;
      }
    }
    int token = choose(slot, generation);
    if (token < 0) {
      String member = Objects.requireNonNull(generation.form).member();
      generation.fail(
          new ApiError.InvalidValue(member, "asks for what the model has no token for."));
      return true;
    }
    slot.next = token;
    FinishReason reason = reason(slot, generation, token);
    if (reason != null) {
      generation.finish(reason);
    }
    return reason != null;
  }

  /**
   * The next token, or less than 0 where there is none. What was drawn is nearly always of the
   * form, and only if it is not, all others are looked at.
   */
  private int choose(Slot slot, Generation generation) {
    if (generation.told != null) {
      likelihoods().see(logits(slot.logitsAt), generation.told.best());
    }
    Ends ends = generation.sampler.ends();
    Guide form = generation.form;
    if (ends.waits(generation.produced)) {
      ends.mask(logits(slot.logitsAt), generation.produced, form != null, vocabulary);
    }
    // Penalties remember each draw, also one that counts for nothing.
    if (form == null || !generation.sampler.remembers()) {
      int token = llama.sample(generation.chain, context, slot.logitsAt);
      if (form == null || form.allows(token, vocabulary)) {
        return token;
      }
    }
    if (!form.mask(logits(slot.logitsAt), vocabulary)) {
      return -1;
    }
    int token = llama.sample(generation.chain, context, slot.logitsAt);
    return form.allows(token, vocabulary) ? token : -1;
  }

  /** Made once somebody asks: it holds a number for each token. */
  private Likelihoods likelihoods() {
    Likelihoods known = likelihoods;
    if (known == null) {
      known = new Likelihoods(vocabulary, scratch);
      likelihoods = known;
    }
    return known;
  }

  private MemorySegment logits(int place) {
    return llama.logits(context, place, vocabulary.size());
  }

  private @Nullable FinishReason reason(Slot slot, Generation generation, int token) {
    if (generation.sampler.ends().at(token, generation.produced, vocabulary)) {
      return FinishReason.STOP;
    }
    Guide form = generation.form;
    byte[] piece = form == null ? vocabulary.piece(token, scratch) : form.piece(token);
    Told told = generation.told;
    byte[] entry = told == null ? null : likelihoods().of(token, told);
    if (generation.piece(piece, entry) || generation.completes(piece)) {
      return FinishReason.STOP;
    }
    boolean full = generation.produced >= generation.tokensMax || slot.held.size() >= contextTokens;
    return full ? FinishReason.LENGTH : null;
  }
}
