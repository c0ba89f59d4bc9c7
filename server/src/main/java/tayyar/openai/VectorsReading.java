package tayyar.openai;

import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.InferenceRequest.Asked;
import tayyar.api.Sink;
import tayyar.dialect.Reading;
import tayyar.wire.SseSplitter;

/** Reads an answer with vectors, which is one document always. */
final class VectorsReading implements Reading {
  private final Asked.Embeddings asked;
  private final Sink sink;

  VectorsReading(Asked.Embeddings asked, Sink sink) {
    this.asked = asked;
    this.sink = sink;
  }

  @Override
  public @Nullable ApiError event(SseSplitter.Name name, byte[] bytes, int from, int to) {
    return new ApiError.UpstreamFailed("it answered with a stream where vectors were asked for.");
  }

  @Override
  public boolean over() {
    return false;
  }

  @Override
  public boolean complete() {
    return false;
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

  @Override
  public ApiError refusal(int status, String retryAfter, byte[] body) {
    return ErrorBody.read(status, retryAfter, body);
  }
}
