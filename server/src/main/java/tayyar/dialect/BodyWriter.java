package tayyar.dialect;

import io.netty.buffer.ByteBuf;
import tayyar.api.ChatRequest;

/** Writes the bodies of requests to one target. Immutable. */
@FunctionalInterface
public interface BodyWriter {

  /**
   * The body of a request.
   *
   * @param whole whether the answer is asked for as one document, not as a stream
   */
  Written body(ChatRequest request, boolean whole);

  /** A body that is there but for its bytes. */
  interface Written {
    /** How many those are. */
    int bytes();

    /** Writes them. */
    void to(ByteBuf out);
  }
}
