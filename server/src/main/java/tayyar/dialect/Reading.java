package tayyar.dialect;

import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.wire.SseSplitter;

/**
 * Reads one answer of a target, in whatever form it comes, and gives its content to a {@link
 * tayyar.api.Sink}. Unknown members are skipped. Used on one event loop.
 */
public interface Reading {
  /** The most bytes read of a refusal. */
  int REFUSAL_BYTES_MAX = 64 * 1024;

  /**
   * Reads an event of a stream.
   *
   * @param name the event's name
   * @param bytes holds its data; only read during the call
   * @param from first byte
   * @param to behind the last byte
   * @return null, or the error that ends the answer
   */
  @Nullable ApiError event(SseSplitter.Name name, byte[] bytes, int from, int to);

  /** Whether the answer has declared its end; nothing that matters follows. */
  boolean over();

  /** Whether each choice that has begun is complete, so that nothing more need follow. */
  boolean complete();

  /**
   * Reads a whole answer: one document, of a good status.
   *
   * @return null, or the error of an invalid answer
   */
  @Nullable ApiError document(byte[] body);

  /**
   * Returns the error for a document above the bound.
   *
   * @param bytesMax the bound
   */
  default ApiError tooLarge(int bytesMax) {
    return new ApiError.UnreadableAnswer("it is larger than " + bytesMax + " bytes.");
  }

  /**
   * Returns the error that a refusal means for our client.
   *
   * @param status the status, never 200
   * @param retryAfter the header field of that name, or empty
   * @param body its first bytes, at most {@link #REFUSAL_BYTES_MAX}
   */
  ApiError refusal(int status, String retryAfter, byte[] body);

  /**
   * Returns another form to ask in, where a target refused our additions to the client's request,
   * not the request itself.
   *
   * @param asked the form that was refused
   * @param body the refusal's first bytes
   * @return null where it refused for another reason
   */
  default BodyWriter.@Nullable Form instead(BodyWriter.Form asked, int status, byte[] body) {
    return null;
  }

  /** Returns an unknown finish_reason that was taken for {@code stop}; or an empty text. */
  default String oddEnd() {
    return "";
  }
}
