package tayyar.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static tayyar.engine.Foreign.call;
import static tayyar.engine.Foreign.handle;
import static tayyar.engine.Foreign.invoke;
import static tayyar.engine.Foreign.library;
import static tayyar.engine.Foreign.string;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import tayyar.api.Odds;
import tayyar.process.Vital;

/**
 * llama.cpp's C interface, as far as the engine needs it. Written for release v0.5.0: the layouts
 * below are that release's, and another one is refused.
 *
 * <p>A context's calls belong to one thread.
 *
 * @see <a href="https://github.com/ggml-org/llama.cpp/blob/master/include/llama.h">llama.h</a>
 */
final class Llama {
  static final String VERSION = "0.5.0";

  // Structs of more than 16 bytes travel in memory whatever they hold: their size is enough.
  private static final StructLayout MODEL_PARAMS = words(80);
  private static final StructLayout CONTEXT_PARAMS = words(160);
  private static final StructLayout BATCH = words(56);
  private static final StructLayout CHAIN_PARAMS = MemoryLayout.structLayout(JAVA_BOOLEAN);

  private final SymbolLookup llama;
  private final SymbolLookup ggml;
  private static final String GGML = "libggml";
  private static final String LLAMA = "libllama";

  private final MethodHandle modelDefaultParams;
  private final MethodHandle modelLoad;
  private final MethodHandle modelFree;
  private final MethodHandle contextDefaultParams;
  private final MethodHandle contextInit;
  private final MethodHandle contextFree;
  private final MethodHandle decode;
  private final MethodHandle seqRm;
  private final MethodHandle sample;
  private final MethodHandle chainAdd;

  /** Refuses a folder without the libraries. */
  static void find(Path folder) {
    var _ = Foreign.file(folder, GGML);
    var _ = Foreign.file(folder, LLAMA);
  }

  /**
   * Loads the libraries.
   *
   * @throws EngineException if they are missing or of another release
   */
  Llama(Path folder) {
    ggml = library(folder, GGML);
    llama = library(folder, LLAMA);
    check(folder);
    // Loading and linking take equally long, and have nothing to do with each other.
    var loading = new FutureTask<>(() -> start(folder), folder);
    Thread.ofPlatform().daemon().name("backends").start(loading);
    modelDefaultParams = handle(llama, "llama_model_default_params", MODEL_PARAMS);
    modelLoad = handle(llama, "llama_model_load_from_file", ADDRESS, ADDRESS, MODEL_PARAMS);
    modelFree = procedure("llama_model_free", ADDRESS);
    contextDefaultParams = handle(llama, "llama_context_default_params", CONTEXT_PARAMS);
    contextInit = handle(llama, "llama_init_from_model", ADDRESS, ADDRESS, CONTEXT_PARAMS);
    contextFree = procedure("llama_free", ADDRESS);
    decode = handle(llama, "llama_decode", JAVA_INT, ADDRESS, BATCH);
    seqRm =
        handle(llama, "llama_memory_seq_rm", JAVA_BOOLEAN, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT);
    sample = handle(llama, "llama_sampler_sample", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    chainAdd = procedure("llama_sampler_chain_add", ADDRESS, ADDRESS);
    await(loading);
  }

  private static void await(FutureTask<Path> loading) {
    try {
      loading.get();
    } catch (ExecutionException | InterruptedException e) {
      Vital.check(e);
      throw new EngineException("llama.cpp can't be started: " + e.getMessage(), e);
    }
  }

  private void check(Path folder) {
    String version = string(address(llama, "llama_version"));
    if (!version.startsWith(VERSION) && !version.startsWith("v" + VERSION)) {
      throw new EngineException(
          "The libraries in "
              + folder
              + " are llama.cpp "
              + version
              + "; needed is "
              + VERSION
              + ".");
    }
  }

  private void start(Path folder) {
    MemorySegment callback = Foreign.logCallback();
    call(procedure("llama_log_set", ADDRESS, ADDRESS), callback, MemorySegment.NULL);
    call(handle(ggml, "ggml_log_set", null, ADDRESS, ADDRESS), callback, MemorySegment.NULL);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(folder.toString());
      call(handle(ggml, "ggml_backend_load_all_from_path", null, ADDRESS), path);
    }
    call(procedure("llama_backend_init"));
  }

  /** Its release, and the commit where it says so. */
  String version() {
    return string(address(llama, "llama_version"));
  }

  /**
   * Loads a model.
   *
   * @throws EngineException if the file is not one
   */
  MemorySegment loadModel(Path file) {
    Foreign.forgetErrors();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment params = structure(modelDefaultParams, arena);
      MemorySegment path = arena.allocateFrom(file.toString());
      MemorySegment model = (MemorySegment) invoke(modelLoad, path, params);
      if (model.equals(MemorySegment.NULL)) {
        throw EngineException.file(file, Foreign.error("it is not a model this engine knows"));
      }
      return model;
    }
  }

  void freeModel(MemorySegment model) {
    call(modelFree, model);
  }

  /**
   * Makes a context in which each sequence has the same room.
   *
   * @throws EngineException if there is not enough memory, or the model can't generate
   */
  MemorySegment newContext(
      MemorySegment model, int sequences, int tokensEach, int batch, int threads) {
    int piece = Math.min(batch, 512);
    return newContext(model, sequences, sequences * tokensEach, batch, piece, threads, false);
  }

  /**
   * Makes a context in which a batch is pooled to one vector for each sequence, in the way that the
   * model's file says. A batch is computed at once.
   *
   * @throws EngineException if there is not enough memory
   */
  MemorySegment newPool(MemorySegment model, int sequences, int batch, int threads) {
    return newContext(model, sequences, batch, batch, batch, threads, true);
  }

  private MemorySegment newContext(
      MemorySegment model,
      int sequences,
      int tokens,
      int batch,
      int piece,
      int threads,
      boolean pools) {
    Foreign.forgetErrors();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment params = structure(contextDefaultParams, arena);
      params.set(JAVA_INT, 0, tokens);
      params.set(JAVA_INT, 4, batch);
      params.set(JAVA_INT, 8, piece);
      params.set(JAVA_INT, 12, sequences);
      params.set(JAVA_INT, 28, threads);
      params.set(JAVA_INT, 32, threads);
      params.set(JAVA_BOOLEAN, 128, pools);
      params.set(JAVA_BOOLEAN, 130, true);
      params.set(JAVA_BOOLEAN, 133, pools);
      MemorySegment context = (MemorySegment) invoke(contextInit, model, params);
      if (context.equals(MemorySegment.NULL)) {
        String why = Foreign.error("there is not enough memory");
        throw new EngineException("The model's context can't be made: " + why + ".");
      }
      return context;
    }
  }

  /** Sets the number of threads that compute from now on. */
  void threads(MemorySegment context, int count) {
    call(procedure("llama_set_n_threads", ADDRESS, JAVA_INT, JAVA_INT), context, count, count);
  }

  void freeContext(MemorySegment context) {
    call(contextFree, context);
  }

  /** A function of the library, linked once. */
  MethodHandle function(String name, MemoryLayout result, MemoryLayout... parameters) {
    return handle(llama, name, result, parameters);
  }

  /** A number the model or its context tells of itself, by the name of the C function. */
  int number(String function, MemorySegment of) {
    return (int) invoke(handle(llama, function, JAVA_INT, ADDRESS), of);
  }

  /** Yes or no, by the name of the C function. */
  boolean flag(String function, MemorySegment of) {
    return (boolean) invoke(handle(llama, function, JAVA_BOOLEAN, ADDRESS), of);
  }

  /** A part of the model or its context, by the name of the C function. */
  MemorySegment part(String function, MemorySegment of) {
    return (MemorySegment) invoke(handle(llama, function, ADDRESS, ADDRESS), of);
  }

  /**
   * One of the model's own chat templates, the usual one without a name; null where it has none.
   */
  @Nullable String chatTemplate(MemorySegment model, @Nullable String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment its = name == null ? MemorySegment.NULL : arena.allocateFrom(name);
      MemorySegment text =
          (MemorySegment)
              invoke(
                  handle(llama, "llama_model_chat_template", ADDRESS, ADDRESS, ADDRESS),
                  model,
                  its);
      return text.equals(MemorySegment.NULL) ? null : string(text);
    }
  }

  /**
   * Forgets what a sequence holds from a position on; false where the model can't do it in part.
   */
  boolean forget(MemorySegment memory, int sequence, int from) {
    return (boolean) invoke(seqRm, memory, sequence, from, -1);
  }

  /** Gives a sequence all that another one holds, in the place of what it held. */
  void copy(MemorySegment memory, int from, int to) {
    MethodHandle copy =
        procedure("llama_memory_seq_cp", ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    call(copy, memory, from, to, -1, -1);
  }

  /**
   * Computes a batch.
   *
   * @return 0 is success, 1 no room, 2 aborted, negative a failure
   */
  int decode(MemorySegment context, MemorySegment batch) {
    return (int) invoke(decode, context, batch);
  }

  /** Chooses the next token from the logits of a batch's position, and remembers it. */
  int sample(MemorySegment chain, MemorySegment context, int index) {
    return (int) invoke(sample, chain, context, index);
  }

  /** The logits of a batch's position, from which {@link #sample} chooses. */
  MemorySegment logits(MemorySegment context, int index, int vocabSize) {
    MethodHandle logits = handle(llama, "llama_get_logits_ith", ADDRESS, ADDRESS, JAVA_INT);
    MemorySegment found = (MemorySegment) invoke(logits, context, index);
    return Foreign.sized(found, (long) Float.BYTES * vocabSize);
  }

  /** The vector of a sequence of the last batch; none where the model has made none. */
  float[] vector(MemorySegment context, int sequence, int size) {
    MethodHandle vector = handle(llama, "llama_get_embeddings_seq", ADDRESS, ADDRESS, JAVA_INT);
    MemorySegment found = (MemorySegment) invoke(vector, context, sequence);
    return found.equals(MemorySegment.NULL)
        ? new float[0]
        : Foreign.sized(found, (long) Float.BYTES * size).toArray(JAVA_FLOAT);
  }

  /** An empty chain of samplers. */
  MemorySegment newChain() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment params = arena.allocate(CHAIN_PARAMS);
      params.set(JAVA_BOOLEAN, 0, true);
      return (MemorySegment)
          invoke(handle(llama, "llama_sampler_chain_init", ADDRESS, CHAIN_PARAMS), params);
    }
  }

  void freeChain(MemorySegment chain) {
    call(procedure("llama_sampler_free", ADDRESS), chain);
  }

  void addPenalties(
      MemorySegment chain,
      int vocabSize,
      int lastN,
      float repeat,
      float frequency,
      float presence) {
    MethodHandle init =
        handle(
            llama,
            "llama_sampler_init_penalties",
            ADDRESS,
            JAVA_INT,
            JAVA_INT,
            JAVA_FLOAT,
            JAVA_FLOAT,
            JAVA_FLOAT);
    call(chainAdd, chain, invoke(init, vocabSize, lastN, repeat, frequency, presence));
  }

  /** Adds what is added to logits; the tokens' numbers are of the vocabulary. */
  void addBiases(MemorySegment chain, int vocabSize, List<Odds.Bias> biases) {
    MethodHandle init =
        handle(llama, "llama_sampler_init_logit_bias", ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment all = arena.allocate(2L * Integer.BYTES * biases.size(), Integer.BYTES);
      for (int i = 0; i < biases.size(); i++) {
        all.setAtIndex(JAVA_INT, 2L * i, Integer.parseInt(biases.get(i).token()));
        all.setAtIndex(JAVA_FLOAT, 2L * i + 1, (float) biases.get(i).value());
      }
      call(chainAdd, chain, invoke(init, vocabSize, biases.size(), all));
    }
  }

  void addTopK(MemorySegment chain, int k) {
    call(chainAdd, chain, invoke(handle(llama, "llama_sampler_init_top_k", ADDRESS, JAVA_INT), k));
  }

  /** Adds the sampler {@code top_p} or {@code min_p}. */
  void addShare(MemorySegment chain, String name, float share) {
    MethodHandle init = handle(llama, "llama_sampler_init_" + name, ADDRESS, JAVA_FLOAT, JAVA_LONG);
    call(chainAdd, chain, invoke(init, share, 1L));
  }

  void addTemperature(MemorySegment chain, float temperature) {
    MethodHandle init = handle(llama, "llama_sampler_init_temp", ADDRESS, JAVA_FLOAT);
    call(chainAdd, chain, invoke(init, temperature));
  }

  void addDraw(MemorySegment chain, int seed) {
    MethodHandle init = handle(llama, "llama_sampler_init_dist", ADDRESS, JAVA_INT);
    call(chainAdd, chain, invoke(init, seed));
  }

  void addGreedy(MemorySegment chain) {
    call(chainAdd, chain, invoke(handle(llama, "llama_sampler_init_greedy", ADDRESS)));
  }

  /** A batch's struct around arrays of the caller's. */
  static MemorySegment batch(
      Arena arena,
      MemorySegment tokens,
      MemorySegment positions,
      MemorySegment sequenceCounts,
      MemorySegment sequences,
      MemorySegment logits) {
    MemorySegment batch = arena.allocate(BATCH);
    batch.set(ADDRESS, 8, tokens);
    batch.set(ADDRESS, 16, MemorySegment.NULL);
    batch.set(ADDRESS, 24, positions);
    batch.set(ADDRESS, 32, sequenceCounts);
    batch.set(ADDRESS, 40, sequences);
    batch.set(ADDRESS, 48, logits);
    return batch;
  }

  private static StructLayout words(int bytes) {
    return MemoryLayout.structLayout(MemoryLayout.sequenceLayout(bytes / 8, JAVA_LONG));
  }

  private static MemorySegment structure(MethodHandle function, Arena arena) {
    return (MemorySegment) invoke(function, (java.lang.foreign.SegmentAllocator) arena);
  }

  /** A function that returns nothing, linked once. */
  MethodHandle procedure(String name, MemoryLayout... parameters) {
    return handle(llama, name, null, parameters);
  }

  private static MemorySegment address(SymbolLookup library, String name) {
    return (MemorySegment) invoke(handle(library, name, ADDRESS));
  }
}
