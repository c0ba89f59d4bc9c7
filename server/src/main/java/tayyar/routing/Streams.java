package tayyar.routing;

/** The answers that a model's targets are asked to stream. */
public enum Streams {
  /** Answers that the client wants as a stream; all others are asked for as one document. */
  WANTED,
  /** All answers. */
  ALWAYS,
  /** All answers; an answer that breaks off goes on at another target. */
  CONTINUED
}
