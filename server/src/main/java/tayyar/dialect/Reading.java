package tayyar.dialect;

import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.wire.SseSplitter;

/**
 * Reads one answer of a target, in whatever form it comes, and gives its content to a {@link
 * tayyar.api.Sink}. What is not understood is read over. Used on one event loop.
 */
public interface Reading {
  /** No refusal is larger, as far as anybody has to read it. */
  int REFUSAL_BYTES_MAX = 64 * 1024;

  /**
   * An event of a stream.
   *
   * @param name what the event is called
   * @param bytes holds its data; only read during the call
   * @param from first byte
   * @param to behind the last byte
   * @return null, or why the answer can't go on
   */
  @Nullable ApiError event(SseSplitter.Name name, byte[] bytes, int from, int to);

  /** Whether the answer has said that it is over: nothing that matters follows. */
  boolean over();

  /** Whether all that was begun has come to its end, so that nothing more need follow. */
  boolean complete();

  /**
   * A whole answer, one document behind a good status.
   *
   * @return null, or what is wrong with it
   */
  @Nullable ApiError document(byte[] body);

  /**
   * Why a document that is larger than we take can't be given on.
   *
   * @param bytesMax the bound
   */
  ApiError tooLarge(int bytesMax);

  /**
   * What a refusal means to our client.
   *
   * @param status the status, never 200
   * @param retryAfter the field of that name, or empty
   * @param body its first bytes, at most {@link #REFUSAL_BYTES_MAX}
   */
  ApiError refusal(int status, String retryAfter, byte[] body);

  /**
   * How to ask instead, where a target refused what was added to the client's request and not the
   * request itself.
   *
   * @param asked how it was asked for
   * @param body the refusal's first bytes
   * @return null where that is not why it refused
   */
  BodyWriter.@Nullable Form instead(BodyWriter.Form asked, int status, byte[] body);

  /**
   * A word by which the answer ended, that nobody knows and that was taken for a stop; or empty.
   */
  String oddEnd();
}
