package tayyar.api;

/**
 * The row of a request that is not over: what would be recorded of it if this process died now.
 * Never blocks and never fails. Used by one thread at a time.
 */
public interface OpenRow {
  /** Nothing is kept. */
  OpenRow NONE =
      new OpenRow() {
        @Override
        public void asked(String model, boolean streamed) {}

        @Override
        public void attempt(Attempt now, int promptTokens, long priceId) {}

        @Override
        public void delivered(int tokens, long micros) {}

        @Override
        public void used(Usage usage, long micros) {}

        @Override
        public void drop() {}
      };

  /**
   * The request has been read.
   *
   * @param model the model's own name
   */
  void asked(String model, boolean streamed);

  /**
   * Another target is asked.
   *
   * @param promptTokens an estimate of the prompt's; 0 where the answer is wanted whole
   * @param priceId the version of the price that its answer costs; 0 for none
   */
  void attempt(Attempt now, int promptTokens, long priceId);

  /**
   * Text is about to be given to the client.
   *
   * @param tokens of the answer in all, with it
   * @param micros since the request came
   */
  void delivered(int tokens, long micros);

  /** The end of the answer is about to be given to the client; this is what it costs. */
  void used(Usage usage, long micros);

  /** The request has no row after all. */
  void drop();
}
