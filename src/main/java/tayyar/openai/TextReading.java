package tayyar.openai;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.ChatRequest;
import tayyar.api.Endpoint;
import tayyar.api.Sink;
import tayyar.dialect.Reading;
import tayyar.wire.SseSplitter;

/** Reads the answer to a chat or a completion. */
final class TextReading implements Reading {
  private static final String NO_STREAM = "it did not answer with an event stream.";

  /** What a server that has chats alone answers where a text is to be gone on with. */
  private static final Set<Integer> NO_ENDPOINT = Set.of(404, 405, 501);

  private final ChatRequest request;
  private final ChunkReader chunks;
  private boolean over;

  TextReading(ChatRequest request, Sink sink) {
    this.request = request;
    this.chunks = new ChunkReader(sink, request.endpoint() == Endpoint.CHAT);
  }

  @Override
  public @Nullable ApiError event(SseSplitter.Name name, byte[] bytes, int from, int to) {
    if (isDone(bytes, from, to)) {
      over = true;
      return null;
    }
    return switch (name) {
      case USUAL -> chunks.read(bytes, from, to);
      case ERROR -> ErrorBody.ofEvent(bytes, from, to);
      case PING -> null;
    };
  }

  private static boolean isDone(byte[] b, int from, int to) {
    return to - from == 6
        && b[from] == '['
        && b[from + 1] == 'D'
        && b[from + 2] == 'O'
        && b[from + 3] == 'N'
        && b[from + 4] == 'E'
        && b[from + 5] == ']';
  }

  @Override
  public boolean over() {
    return over;
  }

  @Override
  public boolean complete() {
    return chunks.complete();
  }

  @Override
  public @Nullable ApiError document(byte[] body) {
    ApiError found = ErrorBody.findEvent(body, 0, body.length);
    return found == null ? new ApiError.UpstreamFailed(NO_STREAM) : found;
  }

  @Override
  public ApiError tooLarge(int bytesMax) {
    return new ApiError.UnreadableAnswer("it is larger than " + bytesMax + " bytes.");
  }

  @Override
  public ApiError refusal(int status, String retryAfter, byte[] body) {
    return request.endpoint() == Endpoint.COMPLETIONS && NO_ENDPOINT.contains(status)
        ? new ApiError.ModelNotSupportedOnEndpoint(request.model())
        : ErrorBody.read(status, retryAfter, body);
  }

  @Override
  public String oddEnd() {
    return chunks.oddEnd();
  }
}
