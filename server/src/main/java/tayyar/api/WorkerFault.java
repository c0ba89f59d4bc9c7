package tayyar.api;

/** Why a model of our own can't answer now; see {@link ApiError.OfWorker}. */
public sealed interface WorkerFault {
  /** Status, code and words. */
  ErrorFacts facts();

  /** Seconds until another try is worth it. */
  int retryAfterSeconds();

  /** Its worker is being restarted, or can't load it. */
  record Restarting() implements WorkerFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          503, "worker_restarting", "The model is being restarted. Try again in a few seconds.");
    }

    @Override
    public int retryAfterSeconds() {
      return 1;
    }
  }

  /** It is not loaded, and those that answer hold the memory that it needs. */
  record NoMemory() implements WorkerFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          503,
          "model_memory_full",
          "The model is not loaded, and others that are answering hold the memory that it needs."
              + " Try again in a few seconds.");
    }

    @Override
    public int retryAfterSeconds() {
      return 5;
    }
  }
}
