package tayyar.dialect;

import io.netty.buffer.ByteBuf;
import tayyar.api.ChatRequest;

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

  /** The body of a request. */
  Written body(ChatRequest request, Form form);

  /** A body that is there but for its bytes. */
  interface Written {
    /** How many those are. */
    int bytes();

    /** Writes them. */
    void to(ByteBuf out);
  }
}
