package tayyar.dialect;

import io.netty.buffer.ByteBuf;
import tayyar.api.InferenceRequest;

/** Writes the bodies of requests to one target. Immutable. */
@FunctionalInterface
public interface BodyWriter {

  /** How an answer is asked for. */
  enum Form {
    /** As a stream that ends with its tokens. */
    STREAM,
    /** As a stream, of a target that refuses to be asked for the tokens. */
    PLAIN_STREAM,
    /** As one document. */
    DOCUMENT
  }

  /**
   * The body of a request.
   *
   * @param salt keeps cached prompts of some apart from those of others, ASCII letters and digits;
   *     takes the place of the body's own; empty where the body stays as it is
   */
  Written body(InferenceRequest request, Form form, String salt);

  /** A body that is there but for its bytes. */
  interface Written {
    /** How many those are. */
    int bytes();

    /** Writes them. */
    void to(ByteBuf out);
  }
}
