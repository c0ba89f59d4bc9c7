package tayyar.messages;

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
import tayyar.openai.CountReading;
import tayyar.openai.JsonBody;

/**
 * Servers that speak the Messages API. A request of a client that speaks it too goes there as it
 * is, but for the model's name; of all others a message is made.
 */
public final class MessagesTargets implements TargetDialect {
  /** The only version there has been since 2023; features come by {@code anthropic-beta}. */
  private static final String VERSION = "2023-06-01";

  @Override
  public String path(Target target, Endpoint endpoint, BodyWriter.Form form) {
    return form == BodyWriter.Form.COUNT ? "/messages/count_tokens" : "/messages";
  }

  /** Of what is told in other words the number would be another one. */
  @Override
  public boolean counts(Target target, InferenceRequest request) {
    return sent(request) != null && (target.access().accountFiles() || !request.namesStored());
  }

  @Override
  public Reading counting(Sink sink) {
    return new CountReading(sink);
  }

  @Override
  public String fields(InferenceRequest request) {
    Sent sent = sent(request);
    if (sent == null) {
      return "\r\nanthropic-version: " + VERSION;
    }
    String version = sent.version().isEmpty() ? VERSION : sent.version();
    String beta = sent.beta().isEmpty() ? "" : "\r\nanthropic-beta: " + sent.beta();
    return "\r\nanthropic-version: " + version + beta;
  }

  @Override
  public BodyWriter writer(Target target) {
    return new Bodies(target.model(), target.access());
  }

  @Override
  public Reading reading(InferenceRequest request, Sink sink) {
    return new MessageReading(request, sink, sent(request) != null);
  }

  private static @Nullable Sent sent(InferenceRequest request) {
    return request.original() instanceof Sent sent ? sent : null;
  }

  private record Bodies(String model, Target.Access access) implements BodyWriter {
    @Override
    public Written body(InferenceRequest request, Form form, String salt) {
      if (request.endpoint() != Endpoint.CHAT) {
        throw new Refused(new ApiError.ModelNotSupportedOnEndpoint(request.model()));
      }
      Sent sent = sent(request);
      if (sent == null) {
        request.needsTold();
        return Written.of(JsonBody.bytes(new FromChat(request, model, form.streams()).body()));
      }
      request.checkNames(access);
      return Written.of(JsonBody.asked(sent.body(), model, form));
    }

    @Override
    public int atOnceBytes() {
      return JsonBody.AT_ONCE_BYTES;
    }
  }
}
