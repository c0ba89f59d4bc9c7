package tayyar.openai;

import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.Sink;

/** Reads an answer with vectors, which is one document always. */
final class VectorsReading extends DocumentReading {
  private final Asked.Embeddings asked;
  private final Sink sink;

  VectorsReading(Asked.Embeddings asked, Sink sink) {
    super("it answered with a stream where vectors were asked for.");
    this.asked = asked;
    this.sink = sink;
  }

  @Override
  public @Nullable ApiError document(byte[] body) {
    return new EmbeddingsReader(asked).read(body, sink);
  }

  @Override
  public ApiError tooLarge(int bytesMax) {
    return new ApiError.InputTooLarge(
        "input", "makes an answer that is too large; send less at once.");
  }
}
