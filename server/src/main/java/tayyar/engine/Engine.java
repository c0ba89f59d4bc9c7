package tayyar.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import tayyar.api.InferenceRequest;
import tayyar.api.Model;
import tayyar.api.Part;
import tayyar.api.Room;
import tayyar.api.Source;
import tayyar.api.Threads;
import tayyar.process.Vital;

/**
 * A language model that answers: llama.cpp through Java's foreign-function API. Safe for use by any
 * thread. A native fault ends the whole process, so it runs in one of its own.
 */
public final class Engine implements AutoCloseable {
  private final EngineConfig config;
  private final LoadedModel model;
  private final Orders orders;
  private final Part.Member fingerprint;
  private final Scheduler scheduler;
  private final Thread thread;
  private final Model described;

  /**
   * How busy it is.
   *
   * @param slots answers that can be made at once
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
    this.config = config;
    var llama = new Llama(config.natives());
    model = new LoadedModel(llama, config.model());
    scheduler = new Scheduler(llama, model, config);
    orders = new Orders(model, scheduler.contextTokens(), config);
    fingerprint = Fingerprint.of(llama.version(), config.model());
    described =
        new Model(
            config.name(),
            createdSeconds(config.model()),
            "tayyar",
            scheduler.contextTokens(),
            config.defaults(),
            List.of(),
            Model.TEXT);
    thread = Thread.ofPlatform().name("engine").daemon().start(scheduler);
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
    models.forEach(model -> flaw(all, () -> LoadedModel.checkMagic(model)));
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
    return new EngineSource(orders, scheduler, fingerprint, request, room, loop);
  }

  /** Returns its load now. */
  public Stats stats() {
    return new Stats(config.slots(), scheduler.busy(), scheduler.queued());
  }

  /** What its memory of prompts came to so far. */
  public Shelved shelved() {
    return scheduler.shelved();
  }

  /**
   * Ends the process where the engine's thread hangs, which nothing else could end. To be called
   * four times a second, by one thread.
   */
  public void look() {
    if (scheduler.hangs()) {
      var hangs = new EngineException("the engine hangs");
      hangs.setStackTrace(thread.getStackTrace());
      Vital.died(thread, hangs);
    }
  }

  /** Stops all answers, within a step, and frees the memory. */
  @Override
  public void close() {
    scheduler.close();
    Threads.awaitEnd(thread);
    model.free();
  }
}
