package tayyar.api;

/** Why a request in another dialect than chat completions is refused. */
public sealed interface DialectFault {
  /** Status, code and words. */
  ErrorFacts facts();

  /** The request refers to a response that was to be stored, and the operator lets none be. */
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
              + " as 'input', as clients do that are told store: false; or ask the operator to"
              + " switch storing on.");
    }
  }

  /** The request refers to what only OpenAI itself stores. */
  record OnlyThere(String where) implements DialectFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          400,
          "responses_not_stored",
          where,
          "'" + where + "' names what no server but OpenAI's stores. Send its content as 'input'.");
    }
  }

  /** The request goes on with a response, or names an item, that is not stored. */
  record NotStored(String where) implements DialectFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          400,
          "previous_response_not_found",
          where,
          "'"
              + where
              + "' names nothing that is stored here: it never was, is deleted, or is too old.");
    }
  }

  /** The request goes on with a response that is still being answered. */
  record StillAnswered(String where) implements DialectFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          400,
          "response_in_progress",
          where,
          "'" + where + "' names a response that is still being answered. Wait for its end.");
    }
  }

  /** What only a response that runs in the background allows. */
  record NotInBackground(String where, String what) implements DialectFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          400,
          "response_not_in_background",
          where,
          "This response " + what + ": it was not asked for with 'background': true.");
    }
  }

  /** The events of a response that ran in the background are not stored. */
  record EventsNotStored() implements DialectFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          400,
          "response_events_not_stored",
          "stream",
          "The events of this response are not stored: they were too many, or its server was"
              + " stopped while it answered. Ask for the response without 'stream'.");
    }
  }

  /** The request names what is stored at a target, in its operator's account. */
  record AccountFile(String where) implements DialectFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          400,
          "account_file_refused",
          where,
          "'"
              + where
              + "' names what is stored at the model's server, in the account of whoever operates"
              + " this one. Send the content itself.");
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

  /**
   * A response is asked for that is not stored.
   *
   * @param any whether the operator lets any be
   */
  record ResponseNotFound(boolean any) implements DialectFault {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          404,
          "response_not_found",
          any
              ? "No such response is stored here: it never was, is deleted, or is too old."
              : "No response is stored here: each is given once, to the request that asked for it."
                  + " The operator can switch storing on.");
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
