package tayyar.openai;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.InferenceRequest.Spans;
import tayyar.api.Refused;
import tayyar.api.Sampling;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads and checks the body of POST /v1/embeddings, in one pass. A null stands for an absent field;
 * unknown fields are read over.
 *
 * @see <a href="https://github.com/openai/openai-openapi">CreateEmbeddingRequest</a>
 */
final class EmbeddingsBody {
  private static final Sampling NONE =
      new Sampling(null, null, null, null, null, null, null, null, null);

  private final JsonParser p;
  private final byte[] body;
  private final Span modelSpan = new Span();
  private final Inputs inputs;
  private @Nullable String model;
  private boolean base64;
  private @Nullable Integer dimensions;

  private EmbeddingsBody(JsonParser p, byte[] body, Bounds bounds) {
    this.p = p;
    this.body = body;
    this.inputs = Inputs.kept(p, "input", bounds.of(Bound.INPUTS), bounds.of(Bound.INPUT_BYTES));
  }

  /**
   * Reads a body.
   *
   * @throws Refused with the error that says what is wrong
   */
  static InferenceRequest read(byte[] body, Bounds bounds) {
    try (JsonParser p = Values.parser(body)) {
      return new EmbeddingsBody(p, body, bounds).read();
    } catch (JacksonException e) {
      throw new Refused(new ApiError.InvalidJson(Values.where(e)));
    }
  }

  private InferenceRequest read() {
    int open = Values.members(p, this::member);
    if (model == null || model.isEmpty()) {
      throw Values.wrong("model", "is required: a model's name, as in GET /v1/models.");
    }
    if (inputs.count() == 0) {
      throw new Refused(new ApiError.EmptyInput("input"));
    }
    return new InferenceRequest(
        model,
        List.of(),
        false,
        false,
        NONE,
        List.of(),
        Set.of(),
        body,
        new Spans(open, modelSpan.from, modelSpan.to, -1, -1, -1, -1),
        new Asked.Embeddings(inputs.count(), inputs.bytes(), base64, dimensions, inputs.prompts()));
  }

  private void member(String name, JsonToken value) {
    switch (name) {
      case "model" -> model = modelSpan.around(p, () -> Values.string(p, name));
      case "input" -> inputs.read(value);
      case "encoding_format" -> base64 = base64(Values.string(p, name));
      case "dimensions" -> dimensions = Values.integer(p, name, 1, Integer.MAX_VALUE);
      default -> p.skipChildren();
    }
  }

  private static boolean base64(@Nullable String format) {
    return switch (format) {
      case null -> false;
      case "float" -> false;
      case "base64" -> true;
      default -> throw Values.wrong("encoding_format", "must be float or base64.");
    };
  }
}
