package tayyar.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.ApiError;

/**
 * Makes all answers at once, by continuous batching: each step computes one token of every slot
 * that decodes and a piece of the prompts that are being read. One thread runs it and owns the
 * context.
 *
 * <p>A piece of prompt is as large as fits into a span of time, so that a long prompt does not
 * stall the answers under way. Where a prompt is alone it is as large as the batch, which costs
 * least; who comes then, or a cancellation, breaks it off.
 */
final class Scheduler implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

  /** The most of a prompt in a step where all logits are wanted: they take much memory. */
  private static final int TOLD_PIECE = 32;

  private final Llama llama;
  private final LoadedModel model;
  private final MemorySegment context;
  private final MemorySegment memory;
  private final EngineConfig config;
  private final int contextTokens;
  private final Arena arena = Arena.ofShared();
  private final StepBatch batch;
  private final List<Slot> slots = new ArrayList<>();
  private final ConcurrentLinkedQueue<Generation> arrived = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<Generation> queue = new ArrayDeque<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile int busy;
  private final Steps steps;
  private final Drawing drawing;
  private final Prefixes prefixes;
  private final Shelf shelf;
  private final MemorySegment urgent;
  private final boolean whole;
  private @Nullable Generation alone;
  private long ended;
  private long begun;

  Scheduler(Llama llama, LoadedModel model, EngineConfig config) {
    this.llama = llama;
    this.model = model;
    this.config = config;
    int each = model.contextTokens(config.contextTokensPerSlot());
    context =
        llama.newContext(
            model.handle(), config.slots(), each, config.batchTokens(), config.threads());
    contextTokens = llama.number("llama_n_ctx_seq", context);
    steps = new Steps(llama, context, config);
    memory = llama.part("llama_get_memory", context);
    urgent = steps.question(this::isUrgent);
    whole = model.remembersAsAWhole();
    shelf = new Shelf(new States(llama, context, memory), config.promptBytes(), whole);
    prefixes = new Prefixes(llama, memory, contextTokens, config.prefixCache(), whole, shelf);
    drawing = new Drawing(llama, model.vocabulary(), context, contextTokens, arena);
    batch = new StepBatch(arena, llama.number("llama_n_batch", context));
    for (int id = 0; id < config.slots(); id++) {
      slots.add(new Slot(id));
    }
  }

  int contextTokens() {
    return contextTokens;
  }

  int queued() {
    return waiting.get();
  }

  int busy() {
    return busy;
  }

  /** What the prompts kept beside the slots came to. */
  Engine.Shelved shelved() {
    return shelf.stats();
  }

  /** Those of its thread. */
  Steps steps() {
    return steps;
  }

  /** Takes places among those that wait for a slot; false if there are not as many. */
  boolean reserve(int count) {
    while (true) {
      int now = waiting.get();
      if (now + count > places() - busy) {
        return false;
      }
      if (waiting.compareAndSet(now, now + count)) {
        return true;
      }
    }
  }

  /** Generations that may be under way or wait. */
  int places() {
    return config.queueMax() + config.slots();
  }

  /** Gives reserved places back unused. */
  void unreserve(int count) {
    waiting.addAndGet(-count);
  }

  /** Puts generations into their reserved places. */
  void submit(List<Generation> generations) {
    arrived.addAll(generations);
    wake();
  }

  /** Something changed: the next step looks. */
  void wake() {
    steps.wake();
  }

  /** Stops after the step under way; frees the context. */
  void close() {
    steps.close();
  }

  @Override
  public void run() {
    steps.run(this::step, () -> prefixes.keepOne(slots), this::free);
  }

  private void free() {
    slots.forEach(this::release);
    shelf.clear();
    llama.freeContext(context);
    arena.close();
  }

  /** Returns false if there was nothing to do. */
  private boolean step() {
    forgetCancelled();
    fillSlots();
    batch.clear();
    int decoding = addDecoding();
    boolean breakable = isBreakable();
    addPrompts(breakable ? batch.most : steps.pace().promptTokens(decoding));
    if (batch.size() == 0) {
      return false;
    }
    int result = breakable ? steps.decode(batch, urgent) : steps.decode(batch, decoding);
    for (Slot slot : slots) {
      if (slot.taken > 0) {
        settle(slot, result);
      }
    }
    return true;
  }

  /**
   * Whether the next step may take long: its prompt is alone, so nobody else waits for its end, and
   * it can be broken off. Not before it is known what a step takes, for a first one is watched by
   * that.
   */
  private boolean isBreakable() {
    alone = null;
    for (Slot slot : slots) {
      if (slot.generation != null) {
        if (alone != null || slot.next >= 0) {
          return false;
        }
        alone = slot.generation;
      }
    }
    return alone != null && !alone.brokenOff && !whole && steps.pace().isMeasured();
  }

  /** Whether nobody waits for the prompt that is alone, or somebody came for whom there is room. */
  private boolean isUrgent() {
    boolean unwanted = alone == null || alone.answers.unwanted();
    return unwanted || (slots.size() > 1 && !arrived.isEmpty());
  }

  private void forgetCancelled() {
    for (Slot slot : slots) {
      if (slot.generation != null && slot.generation.answers.unwanted()) {
        release(slot);
      }
    }
    for (Generation next = arrived.poll(); next != null; next = arrived.poll()) {
      queue.add(next);
    }
    int before = queue.size();
    if (queue.removeIf(generation -> generation.answers.unwanted())) {
      waiting.addAndGet(queue.size() - before);
    }
  }

  /** Those that will have their prompt from another one are passed over until it has read it. */
  private void fillSlots() {
    Iterator<Generation> next = queue.iterator();
    while (next.hasNext()) {
      Generation generation = next.next();
      if (prefixes.awaits(generation)) {
        continue;
      }
      Slot slot = prefixes.best(slots, generation);
      if (slot == null) {
        break;
      }
      next.remove();
      take(slot, generation);
      waiting.decrementAndGet();
    }
    busy = (int) slots.stream().filter(slot -> !slot.idle()).count();
  }

  private void take(Slot slot, Generation generation) {
    int kept = prefixes.keep(slot, generation);
    slot.promptDone = kept;
    slot.next = -1;
    slot.takenAt = ++begun;
    slot.generation = generation;
    generation.slot = slot;
    generation.begins(kept);
    generation.chain = generation.sampler.chain(llama, model.vocabulary().size());
  }

  private int addDecoding() {
    int count = 0;
    for (Slot slot : slots) {
      slot.taken = 0;
      slot.logitsAt = -1;
      Generation generation = slot.generation;
      if (generation != null && slot.next >= 0 && !generation.answers.paused()) {
        slot.logitsAt = batch.add(slot.next, slot.held.size(), slot.id, true);
        slot.taken = 1;
        count++;
      }
    }
    return count;
  }

  /** Adds so many tokens of the prompts that are being read. */
  private void addPrompts(int tokens) {
    List<Slot> reading =
        slots.stream()
            .filter(slot -> slot.generation != null && slot.next < 0)
            .sorted(Comparator.comparingLong(slot -> slot.takenAt))
            .toList();
    int[] left = reading.stream().mapToInt(Scheduler::left).toArray();
    int[] most = reading.stream().mapToInt(Scheduler::most).toArray();
    int[] shares = PromptShares.of(left, most, Math.min(tokens, batch.room()));
    for (int i = 0; i < shares.length; i++) {
      addPrompt(reading.get(i), shares[i]);
    }
  }

  /** Tokens of a slot's prompt that are not read yet. */
  private static int left(Slot slot) {
    return Objects.requireNonNull(slot.generation).prompt.length - slot.promptDone;
  }

  /** Tokens that a slot's prompt may have in a step. */
  private static int most(Slot slot) {
    boolean told = Objects.requireNonNull(slot.generation).toldOfPrompt() != null;
    return told ? TOLD_PIECE : Integer.MAX_VALUE;
  }

  private void addPrompt(Slot slot, int piece) {
    Generation generation = Objects.requireNonNull(slot.generation);
    boolean told = generation.toldOfPrompt() != null;
    slot.firstAt = batch.size();
    for (int at = slot.promptDone; at < slot.promptDone + piece; at++) {
      boolean last = at == generation.prompt.length - 1;
      int place = batch.add(generation.prompt[at], at, slot.id, last || told);
      slot.logitsAt = last ? place : slot.logitsAt;
    }
    slot.taken = piece;
  }

  private void settle(Slot slot, int result) {
    Generation generation = slot.generation;
    if (generation == null) {
      return;
    }
    if (result == Steps.BROKEN_OFF) {
      generation.brokenOff |= steps.wasLong();
      llama.forget(memory, slot.id, slot.promptDone);
      return;
    }
    if (result != 0) {
      LOG.atError().addKeyValue("result", result).log("a step failed");
      generation.fail(new ApiError.UpstreamFailed("the engine could not compute the answer."));
      release(slot);
      llama.forget(memory, slot.id, 0);
      slot.held.cutTo(0);
      return;
    }
    if (slot.next >= 0) {
      slot.held.add(slot.next);
    } else {
      drawing.readPrompt(slot, generation);
      for (int i = 0; i < slot.taken; i++) {
        slot.held.add(generation.prompt[slot.promptDone++]);
      }
    }
    generation.hasRead |= slot.promptDone == generation.prompt.length;
    if (slot.logitsAt >= 0 && drawing.ends(slot, generation)) {
      release(slot);
    }
  }

  private void release(Slot slot) {
    Generation generation = slot.generation;
    if (generation != null) {
      if (!generation.chain.equals(MemorySegment.NULL)) {
        llama.freeChain(generation.chain);
        generation.chain = MemorySegment.NULL;
      }
      slot.generation = null;
      slot.idleSince = ++ended;
    }
  }
}
