package tayyar.engine;

import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.ApiError;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.Refused;
import tayyar.api.Room;
import tayyar.api.Sink;
import tayyar.api.Source;
import tayyar.process.Vital;

/**
 * The vectors of one request. Lives on the stream's event loop; the tokens are made on a virtual
 * thread, the vectors on the engine's.
 */
final class VectorSource implements Source {
  private static final Logger LOG = LoggerFactory.getLogger(VectorSource.class);

  private final TextTokens tokens;
  private final Embedder embedder;
  private final InferenceRequest request;
  private final Room room;
  private final Executor loop;
  private @Nullable Wanted wanted;

  VectorSource(
      TextTokens tokens, Embedder embedder, InferenceRequest request, Room room, Executor loop) {
    this.tokens = tokens;
    this.embedder = embedder;
    this.request = request;
    this.room = room;
    this.loop = loop;
  }

  @Override
  public void start(Sink sink) {
    if (!(request.asked() instanceof Asked.Embeddings asked)) {
      sink.failed(new ApiError.ModelNotSupportedOnEndpoint(request.model()));
      return;
    }
    int size = embedder.dimensions();
    Integer dimensions = asked.dimensions();
    if (dimensions != null && dimensions > size) {
      sink.failed(new ApiError.InvalidValue("dimensions", "must be 1 to " + size + "."));
      return;
    }
    if (!embedder.reserve()) {
      sink.failed(new ApiError.QueueFull());
      return;
    }
    var its = new Wanted(loop, sink, dimensions == null ? size : dimensions, asked.base64());
    wanted = its;
    Thread.ofVirtual().name("texts").start(() -> prepare(its, asked));
  }

  private void prepare(Wanted its, Asked.Embeddings asked) {
    try {
      List<int[]> texts = tokens.of(request.body(), asked, room, its::unwanted);
      its.texts(texts);
    } catch (Refused e) {
      its.fail(e.error());
    } catch (Throwable e) {
      Vital.check(e);
      LOG.atError().setCause(e).log("a bug in the making of tokens");
      its.fail(new ApiError.Internal());
    }
    embedder.submit(its);
  }

  /** A vector is told whole, and all of them are held until the last one. */
  @Override
  public void pause() {}

  @Override
  public void resume() {}

  @Override
  public void cancel() {
    if (wanted != null && !wanted.unwanted()) {
      wanted.cancel();
      embedder.wake();
    }
  }
}
