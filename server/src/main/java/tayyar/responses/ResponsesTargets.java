package tayyar.responses;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Refused;
import tayyar.api.Sink;
import tayyar.api.Target;
import tayyar.dialect.BodyWriter;
import tayyar.dialect.Reading;
import tayyar.dialect.TargetDialect;
import tayyar.openai.JsonBody;
import tayyar.wire.Ascii;

/**
 * Servers that speak the Responses API. A request of a client that speaks it too goes there as it
 * is, but for the model's name; of all others one is made.
 */
public final class ResponsesTargets implements TargetDialect {
  @Override
  public String path(Target target, Endpoint endpoint, BodyWriter.Form form) {
    return "/responses";
  }

  @Override
  public BodyWriter writer(Target target) {
    return new Bodies(target.model());
  }

  @Override
  public Reading reading(InferenceRequest request, Sink sink) {
    return new ResponseReading(request, sink, sent(request) != null);
  }

  private static ResponsesClients.@Nullable Sent sent(InferenceRequest request) {
    return request.original() instanceof ResponsesClients.Sent sent ? sent : null;
  }

  private record Bodies(String model) implements BodyWriter {
    @Override
    public Written body(InferenceRequest request, Form form, String salt) {
      if (request.endpoint() != Endpoint.CHAT) {
        throw new Refused(new ApiError.ModelNotSupportedOnEndpoint(request.model()));
      }
      boolean stream = form != Form.DOCUMENT;
      ResponsesClients.Sent sent = sent(request);
      return Written.of(
          sent == null
              ? JsonBody.bytes(new FromChat(request, model, stream).body())
              : JsonBody.with(sent.body(), changes(stream)));
    }

    private Map<String, byte[]> changes(boolean stream) {
      return Map.of(
          "model", JsonBody.bytes(JsonBody.string(model)),
          "stream", Ascii.bytes(stream ? "true" : "false"));
    }

    @Override
    public int atOnceBytes() {
      return JsonBody.AT_ONCE_BYTES;
    }
  }
}
