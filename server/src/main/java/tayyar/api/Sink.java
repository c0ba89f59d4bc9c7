package tayyar.api;

/**
 * The receiver of a {@link Source}'s answer. Calls come on the event loop that owns the stream, in
 * this order: deltas, parts and finishes, with flushes between, usage, then exactly one of {@link
 * #done} and {@link #failed}.
 */
public interface Sink {

  /** The kinds of text a delta can carry. */
  enum Kind {
    /** The answer. */
    CONTENT,
    /** The model's thinking. */
    REASONING,
    /** The model's refusal. */
    REFUSAL
  }

  /**
   * A target is asked; the calls that follow carry its answer. Called before the first delta, and
   * again for each further target; a source with one target alone need not call it.
   */
  default void attempt(Attempt attempt) {}

  /**
   * The same target is asked once more, on a new connection, because a kept one brought nothing of
   * an answer.
   *
   * @param why the fault of the kept connection: a sentence that begins with "it"
   */
  default void again(String why) {}

  /**
   * A piece of text, as the inside of a JSON string: UTF-8, escaped, whole characters only.
   *
   * @param choice index of the choice, at least 0
   * @param kind what the text is
   * @param json holds the text; belongs to the caller and is only read during the call
   * @param from first byte
   * @param to behind the last byte; equal to {@code from} for an empty piece
   */
  void delta(int choice, Kind kind, byte[] json, int from, int to);

  /**
   * A part besides text.
   *
   * @param choice index of the choice, at least 0; of a vector's input
   */
  void part(int choice, Part part);

  /**
   * Everything given so far may leave now. A source calls it after each batch of deltas it had at
   * once; {@link #done} and {@link #failed} do it by themselves.
   */
  void flush();

  /** The target says that it is still at work, and has nothing to tell yet. */
  default void alive() {}

  /**
   * The target says that a choice is complete. More of it may follow all the same; the last call
   * counts.
   */
  void finish(int choice, FinishReason reason);

  /** The tokens of the whole request; the last call wins. */
  void usage(Usage usage);

  /** The answer is complete. Nothing follows. */
  void done();

  /** The answer can't be given or can't go on. Nothing follows. */
  void failed(ApiError error);
}
