package tayyar.openai;

import tayyar.api.ApiError;
import tayyar.dialect.Reading;
import tayyar.wire.SseSplitter;

/** Reads what is one document always. */
abstract class DocumentReading implements Reading {
  private final String streamed;

  /**
   * For answers of one kind.
   *
   * @param streamed what is said of a server that answers with a stream
   */
  DocumentReading(String streamed) {
    this.streamed = streamed;
  }

  @Override
  public final ApiError event(SseSplitter.Name name, byte[] bytes, int from, int to) {
    return new ApiError.UpstreamFailed(streamed);
  }

  @Override
  public final boolean over() {
    return false;
  }

  @Override
  public final boolean complete() {
    return false;
  }

  @Override
  public final ApiError refusal(int status, String retryAfter, byte[] body) {
    return ErrorBody.read(status, retryAfter, body);
  }
}
