package tayyar.engine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Model;
import tayyar.api.Room;
import tayyar.api.Source;
import tayyar.api.Threads;
import tayyar.process.Vital;

/**
 * A model that answers, or makes vectors of texts: llama.cpp through Java's foreign-function API.
 * Safe for use by any thread. A native fault ends the whole process, so it runs in one of its own.
 */
public final class Engine implements AutoCloseable {
  private final Work work;
  private final Thread thread;
  private final Model described;

  /**
   * How busy it is.
   *
   * @param slots answers, or vectors, that can be made at once
   * @param slotsBusy of them, those at work
   * @param queued requests that wait for one
   */
  public record Stats(int slots, int slotsBusy, int queued) {}

  /**
   * What was made of prompts that no slot held any longer.
   *
   * @param hits prompts whose beginning was found among them
   * @param tokens that were not computed again for that
   * @param bytes of memory that they take now
   */
  public record Shelved(long hits, long tokens, long bytes) {}

  private Engine(EngineConfig config) {
    Pooling pooling = Pooling.of(config.model());
    if (pooling == Pooling.RANK) {
      throw EngineException.file(
          config.model(), "it ranks texts, and makes neither text nor vectors");
    }
    var llama = new Llama(config.natives());
    work = pooling.embeds() ? new Vectors(llama, config) : new Chats(llama, config);
    described =
        new Model(
            config.name(),
            createdSeconds(config.model()),
            "tayyar",
            work.contextTokens(),
            config.defaults(),
            List.of(),
            endpoints(config.model()));
    thread = Thread.ofPlatform().name("engine").daemon().start(work);
  }

  /**
   * The endpoints at which a model answers, as its file says; those of a language model where the
   * file can't be read. Reads the file's head.
   */
  public static Set<Endpoint> endpoints(Path model) {
    return Pooling.of(model).embeds() ? Model.VECTORS : Model.TEXT;
  }

  /**
   * Loads the libraries and the model.
   *
   * @throws EngineException if one of them can't be used; the message says why
   */
  public static Engine start(EngineConfig config) {
    return new Engine(config);
  }

  /**
   * Looks at what an engine would load, without loading it.
   *
   * @param natives the folder of the libraries, or null where it is not to be looked at
   * @return a sentence for each thing that can't be used
   */
  public static List<String> flaws(@Nullable Path natives, List<Path> models) {
    List<String> all = new ArrayList<>();
    if (natives != null) {
      flaw(all, () -> Llama.find(natives));
    }
    models.forEach(model -> flaw(all, () -> Weights.checkMagic(model)));
    return all;
  }

  private static void flaw(List<String> all, Runnable check) {
    try {
      check.run();
    } catch (EngineException e) {
      all.add(String.valueOf(e.getMessage()));
    }
  }

  private static long createdSeconds(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis() / 1000;
    } catch (IOException e) {
      throw new EngineException("The model file " + file + " can't be read.", e);
    }
  }

  /** The model as GET /v1/models tells it. */
  public Model model() {
    return described;
  }

  /**
   * An answer; nothing happens before it is started. What the model can't do is told to the sink.
   *
   * @param room holds the prompt
   * @param loop runs everything that concerns the stream; the sink is called there
   */
  public Source open(InferenceRequest request, Room room, Executor loop) {
    return work.open(request, room, loop);
  }

  /**
   * A count of the tokens that a chat's prompt has; nothing happens before it is started. The sink
   * is told a usage with them, and then the end.
   *
   * @param room holds the prompt
   * @param loop runs everything that concerns it; the sink is called there
   * @throws tayyar.api.Refused where the model makes no answers
   */
  public Source count(InferenceRequest request, Room room, Executor loop) {
    return work.count(request, room, loop);
  }

  /** Returns its load now. */
  public Stats stats() {
    return work.stats();
  }

  /**
   * Computes with so many threads from its next step on: its share where several engines compute.
   *
   * @param threads at least 1; no more than its configuration says are used
   */
  public void give(int threads) {
    work.steps().give(threads);
  }

  /** What its memory of prompts came to so far. */
  public Shelved shelved() {
    return work.shelved();
  }

  /**
   * Ends the process where the engine's thread hangs, which nothing else could end. To be called
   * four times a second, by one thread.
   */
  public void look() {
    if (work.steps().hangs(this::computedNanos)) {
      var hangs = new EngineException("the engine hangs");
      hangs.setStackTrace(thread.getStackTrace());
      Vital.died(thread, hangs);
    }
  }

  private long computedNanos() {
    return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId());
  }

  /** Stops all answers, within a step, and frees the memory. */
  @Override
  public void close() {
    work.close();
    Threads.awaitEnd(thread);
    work.free();
  }
}
