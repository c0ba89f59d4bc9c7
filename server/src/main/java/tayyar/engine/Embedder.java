package tayyar.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.ApiError;

/**
 * Makes vectors of the texts of all requests: each step computes as many texts as fit into a span
 * of time, taking one of each request in turn, so that a request of thousands neither stalls a
 * small one nor holds up a cancellation. A text is computed at once. One thread runs it and owns
 * the context.
 */
final class Embedder implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Embedder.class);

  /** Texts of one step at most. */
  private static final int TEXTS_MAX = 64;

  /** A step is worth its while with so many tokens, also where texts must be shorter. */
  private static final int BATCH_LEAST = 512;

  private final Llama llama;
  private final MemorySegment context;
  private final MemorySegment memory;
  private final int contextTokens;
  private final int dimensions;
  private final int places;
  private final Arena arena = Arena.ofShared();
  private final StepBatch batch;
  private final ConcurrentLinkedQueue<Wanted> arrived = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<Wanted> turns = new ArrayDeque<>();

  /** Whose texts are in the batch, by sequence. */
  private final List<Wanted> inBatch = new ArrayList<>(TEXTS_MAX);

  /** Requests that were let in and are not over. */
  private final AtomicInteger open = new AtomicInteger();

  private volatile int texts;
  private volatile int askers;
  private final Steps steps;

  Embedder(Llama llama, Weights weights, EngineConfig config) {
    this.llama = llama;
    places = config.queueMax() + config.slots();
    contextTokens = weights.contextTokens(config.contextTokensPerSlot());
    dimensions = llama.number("llama_model_n_embd_out", weights.handle());
    int most = Math.max(contextTokens, BATCH_LEAST);
    context = llama.newPool(weights.handle(), TEXTS_MAX, most, config.threads());
    steps = new Steps(llama, context, config);
    memory = llama.part("llama_get_memory", context);
    batch = new StepBatch(arena, most);
  }

  /** Tokens that a text may have. */
  int contextTokens() {
    return contextTokens;
  }

  /** Numbers of a vector. */
  int dimensions() {
    return dimensions;
  }

  Engine.Stats stats() {
    return new Engine.Stats(TEXTS_MAX, texts, Math.max(0, open.get() - askers));
  }

  /** Those of its thread. */
  Steps steps() {
    return steps;
  }

  /** Takes a place for a request, which {@link #submit} follows; false if there is none. */
  boolean reserve() {
    if (open.incrementAndGet() <= places) {
      return true;
    }
    open.decrementAndGet();
    return false;
  }

  /** Puts a request, be it unwanted by now, into its reserved place. */
  void submit(Wanted request) {
    arrived.add(request);
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
    steps.run(this::step, () -> false, this::free);
  }

  private void free() {
    llama.freeContext(context);
    arena.close();
  }

  /** Returns false if there was nothing to do. */
  private boolean step() {
    for (Wanted next = arrived.poll(); next != null; next = arrived.poll()) {
      turns.add(next);
    }
    int before = turns.size();
    turns.removeIf(Wanted::unwanted);
    open.addAndGet(turns.size() - before);
    fill();
    if (inBatch.isEmpty()) {
      return false;
    }
    texts = inBatch.size();
    askers = new HashSet<>(inBatch).size();
    settle(compute());
    askers = 0;
    texts = 0;
    return true;
  }

  /** The first text fits always; the one that does not is the first of the next step. */
  private void fill() {
    batch.clear();
    inBatch.clear();
    int most = Math.min(batch.most, steps.pace().promptTokens(0));
    while (!turns.isEmpty() && inBatch.size() < TEXTS_MAX) {
      Wanted next = turns.element();
      int[] tokens = next.next();
      if (batch.size() > 0 && batch.size() + tokens.length > most) {
        return;
      }
      for (int at = 0; at < tokens.length; at++) {
        batch.add(tokens[at], at, inBatch.size(), true);
      }
      next.take();
      inBatch.add(next);
      turns.remove();
      if (next.hasNext()) {
        turns.add(next);
      }
    }
  }

  private int compute() {
    if (!memory.equals(MemorySegment.NULL)) {
      llama.forget(memory, -1, 0);
    }
    return steps.decode(batch, 0);
  }

  private void settle(int result) {
    if (result != 0) {
      LOG.atError().addKeyValue("result", result).log("a step failed");
    }
    for (int i = 0; i < inBatch.size(); i++) {
      Wanted its = inBatch.get(i);
      if (result != 0) {
        its.fail(new ApiError.UpstreamFailed("the engine could not compute the vectors."));
      } else if (!its.unwanted()) {
        its.made(llama.vector(context, i, dimensions));
      }
    }
    // Those that had their last text in it are in no turn any more.
    var over = new HashSet<>(inBatch);
    over.removeAll(turns);
    open.addAndGet(-over.size());
  }
}
