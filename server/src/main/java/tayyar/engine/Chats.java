package tayyar.engine;

import java.util.concurrent.Executor;
import tayyar.api.InferenceRequest;
import tayyar.api.Part;
import tayyar.api.Room;
import tayyar.api.Source;

/** A language model that goes on with conversations and texts. */
final class Chats implements Work {
  private final EngineConfig config;
  private final LoadedModel model;
  private final Scheduler scheduler;
  private final Orders orders;
  private final Part.Member fingerprint;

  /** Loads it; see {@link Engine#start}. */
  Chats(Llama llama, EngineConfig config) {
    this.config = config;
    model = new LoadedModel(llama, config.model());
    scheduler = new Scheduler(llama, model, config);
    orders = new Orders(model, scheduler.contextTokens(), config);
    fingerprint = Fingerprint.of(llama.version(), config.model());
  }

  @Override
  public Source open(InferenceRequest request, Room room, Executor loop) {
    return new EngineSource(orders, scheduler, fingerprint, request, room, loop);
  }

  @Override
  public Source count(InferenceRequest request, Room room, Executor loop) {
    return new CountSource(orders, scheduler, request, room, loop);
  }

  @Override
  public Engine.Stats stats() {
    return new Engine.Stats(config.slots(), scheduler.busy(), scheduler.queued());
  }

  @Override
  public Engine.Shelved shelved() {
    return scheduler.shelved();
  }

  @Override
  public int contextTokens() {
    return scheduler.contextTokens();
  }

  @Override
  public Steps steps() {
    return scheduler.steps();
  }

  @Override
  public void run() {
    scheduler.run();
  }

  @Override
  public void close() {
    scheduler.close();
  }

  @Override
  public void free() {
    model.free();
  }
}
