package tayyar.calls;

import java.io.ByteArrayOutputStream;

/** The arguments of one call, as they are read byte by byte from behind its name. */
interface Arguments {
  /** What follows a byte. */
  enum Step {
    /** More of them. */
    ON,
    /** The name of another call. */
    NEXT,
    /** Nothing that counts. */
    OVER
  }

  /**
   * Takes a byte.
   *
   * @param json gets what it adds to the arguments' JSON
   */
  Step take(byte b, ByteArrayOutputStream json);
}
