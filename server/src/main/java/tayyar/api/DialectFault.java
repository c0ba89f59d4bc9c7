package tayyar.api;

/** Why a request in another dialect than chat completions is refused. */
public sealed interface DialectFault {
  /** Status, code and words. */
  ErrorFacts facts();

  /** The request refers to a response that was to be stored. */
  record NothingStored(String where) implements DialectFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          400,
          "responses_not_stored",
          where,
          "'"
              + where
              + "' needs a stored response, and none is stored here. Send the whole conversation"
              + " as 'input', as clients do that are told store: false.");
    }
  }

  /** The request begins a conversation that is to be stored, or goes on with one. */
  record NoThreads() implements DialectFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          400,
          "thread_unsupported_request",
          "thread",
          "No conversation is stored here. Send the whole of it as 'messages', without 'thread'.");
    }
  }

  /** A response is asked for that was to be stored. */
  record ResponseNotFound() implements DialectFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          404,
          "response_not_found",
          "No response is stored here: each is given once, to the request that asked for it.");
    }
  }

  /** A WebSocket is asked for. */
  record NoWebSocket() implements DialectFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          426, "upgrade_required", "There is no WebSocket here. Send POST with 'stream': true.");
    }
  }
}
