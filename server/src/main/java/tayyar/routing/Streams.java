package tayyar.routing;

/** Which answers a model's targets are asked to stream. */
public enum Streams {
  /** Those that the client wants as a stream; all others are asked for as one document. */
  WANTED,
  /** All. */
  ALWAYS,
  /** All, and one that breaks off goes on at another target. */
  CONTINUED
}
