package tayyar.openai;

import org.jspecify.annotations.Nullable;
import tayyar.api.Endpoint;
import tayyar.api.Feature;
import tayyar.api.InferenceRequest;
import tayyar.api.Sink;
import tayyar.api.Target;
import tayyar.dialect.BodyWriter;
import tayyar.dialect.Reading;
import tayyar.dialect.TargetDialect;

/** Servers that speak OpenAI's API, each with its own oddities. */
public final class OpenAiTargets implements TargetDialect {
  /** What stands behind the path of a worker's chats to ask for their tokens alone. */
  public static final String COUNT = "/input_tokens";

  @Override
  public String path(Target target, Endpoint endpoint, BodyWriter.Form form) {
    return endpoint.path() + (form == BodyWriter.Form.COUNT ? COUNT : "");
  }

  /** OpenAI's API has no such question for chats; our own workers do. */
  @Override
  public boolean counts(Target target, InferenceRequest request) {
    return target.address() instanceof Target.Address.Unix
        && request.endpoint() == Endpoint.CHAT
        && !request.features().contains(Feature.MEDIA)
        && request.isTold();
  }

  @Override
  public Reading counting(Sink sink) {
    return new CountReading(sink);
  }

  @Override
  public BodyWriter writer(Target target) {
    return new EditedBodies(target.model(), target.access());
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
