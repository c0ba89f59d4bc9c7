package tayyar.gemini;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Locale;
import tayyar.api.ApiError;
import tayyar.api.Endpoint;
import tayyar.api.InferenceRequest;
import tayyar.api.Refused;
import tayyar.api.Sink;
import tayyar.api.Target;
import tayyar.dialect.BodyWriter;
import tayyar.dialect.BodyWriter.Form;
import tayyar.dialect.Reading;
import tayyar.dialect.TargetDialect;
import tayyar.openai.JsonBody;

/** Servers that speak Google's own API: the model and the form of the answer stand in the path. */
public final class GeminiTargets implements TargetDialect {

  @Override
  public String path(Target target, Endpoint endpoint, Form form) {
    String model = target.model();
    String full = model.matches("(models|tunedModels)/.*") ? model : "models/" + model;
    String encoded = URLEncoder.encode(full, UTF_8).replace("+", "%20").replace("%2F", "/");
    return "/"
        + encoded
        + (form == Form.DOCUMENT ? ":generateContent" : ":streamGenerateContent?alt=sse");
  }

  @Override
  public BodyWriter writer(Target target) {
    String host = target.address() instanceof Target.Address.Tcp at ? at.host() : "";
    var stored = new ServerFiles(host.toLowerCase(Locale.ROOT), target.access().accountFiles());
    return new Bodies(target.model(), stored);
  }

  @Override
  public Reading reading(InferenceRequest request, Sink sink) {
    return new ContentReading(request, sink);
  }

  private record Bodies(String model, ServerFiles stored) implements BodyWriter {
    @Override
    public Written body(InferenceRequest request, Form form, String salt) {
      if (request.endpoint() != Endpoint.CHAT) {
        throw new Refused(new ApiError.ModelNotSupportedOnEndpoint(request.model()));
      }
      request.needsTold();
      return Written.of(JsonBody.bytes(new FromChat(request, model, stored).body()));
    }

    @Override
    public int atOnceBytes() {
      return JsonBody.AT_ONCE_BYTES;
    }
  }
}
