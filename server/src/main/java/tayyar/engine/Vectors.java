package tayyar.engine;

import java.util.concurrent.Executor;
import tayyar.api.InferenceRequest;
import tayyar.api.Room;
import tayyar.api.Source;

/** A model that makes vectors of texts. */
final class Vectors implements Work {
  private final Weights weights;
  private final Embedder embedder;
  private final TextTokens tokens;

  /** Loads it; see {@link Engine#start}. */
  Vectors(Llama llama, EngineConfig config) {
    weights = new Weights(llama, config.model());
    embedder = new Embedder(llama, weights, config);
    tokens = new TextTokens(weights.vocabulary(), embedder.contextTokens());
  }

  @Override
  public Source open(InferenceRequest request, Room room, Executor loop) {
    return new VectorSource(tokens, embedder, request, room, loop);
  }

  @Override
  public Engine.Stats stats() {
    return embedder.stats();
  }

  @Override
  public int contextTokens() {
    return embedder.contextTokens();
  }

  @Override
  public Steps steps() {
    return embedder.steps();
  }

  @Override
  public void run() {
    embedder.run();
  }

  @Override
  public void close() {
    embedder.close();
  }

  @Override
  public void free() {
    weights.free();
  }
}
