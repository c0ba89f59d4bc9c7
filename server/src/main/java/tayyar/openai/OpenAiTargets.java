package tayyar.openai;

import org.jspecify.annotations.Nullable;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Sink;
import tayyar.api.Target;
import tayyar.dialect.BodyWriter;
import tayyar.dialect.Reading;
import tayyar.dialect.TargetDialect;

/** Servers that speak OpenAI's API, each with its own oddities. */
public final class OpenAiTargets implements TargetDialect {

  @Override
  public String path(Target target, Endpoint endpoint, BodyWriter.Form form) {
    return endpoint.path();
  }

  @Override
  public BodyWriter writer(Target target) {
    return new EditedBodies(target.model());
  }

  @Override
  public Reading reading(InferenceRequest request, Sink sink) {
    return request.asked() instanceof InferenceRequest.Asked.Embeddings asked
        ? new VectorsReading(asked, sink)
        : new TextReading(request, sink);
  }

  /** See {@link tayyar.dialect.Continuing}. */
  public static @Nullable InferenceRequest continued(
      InferenceRequest request, byte[] said, int tokens) {
    return Continued.of(request, said, tokens);
  }
}
