package tayyar.dialect;

import io.netty.buffer.ByteBuf;
import tayyar.api.InferenceRequest;

/** Writes the bodies of requests to one target. Immutable. */
public interface BodyWriter {

  /** The form in which an answer is asked for. */
  enum Form {
    /** A stream that ends with its usage. */
    STREAM,
    /** A stream, of a target that refuses requests for usage. */
    PLAIN_STREAM,
    /** One document. */
    DOCUMENT,
    /** No answer: only the number of the prompt's tokens. */
    COUNT;

    /** Whether it is a stream's. */
    public boolean streams() {
      return this == STREAM || this == PLAIN_STREAM;
    }
  }

  /**
   * Prepares the body of a request.
   *
   * @param salt keeps the cached prompts of keys apart: ASCII letters and digits, which replace the
   *     body's own salt; empty to leave the body as it is
   * @throws tayyar.api.Refused where this target can't be asked so; another one may
   */
  Written body(InferenceRequest request, Form form, String salt);

  /** Returns the bytes of the largest request whose body an event loop prepares itself. */
  default int atOnceBytes() {
    return Integer.MAX_VALUE;
  }

  /** A body before its bytes are written. */
  interface Written {
    /** Returns the number of its bytes. */
    int bytes();

    /** Writes its bytes. */
    void to(ByteBuf out);

    /** A body whose bytes are all there. */
    static Written of(byte[] body) {
      return new Written() {
        @Override
        public int bytes() {
          return body.length;
        }

        @Override
        public void to(ByteBuf out) {
          out.writeBytes(body);
        }
      };
    }
  }
}
