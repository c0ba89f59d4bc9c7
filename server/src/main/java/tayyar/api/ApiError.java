package tayyar.api;

import org.jspecify.annotations.Nullable;

/**
 * The errors that the API answers with. {@code docs/errors.md} has the same table; a test compares
 * them.
 */
public sealed interface ApiError extends Told {

  /** The body is not a JSON object in UTF-8, repeats a top-level key, or has too many keys. */
  record InvalidJson(String detail) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(400, "invalid_json", "The request body is not valid JSON: " + detail);
    }
  }

  /** A message has no content, or there are no messages. */
  record MissingContent(String where) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(400, "missing_content", where, "'" + where + "' is missing or empty.");
    }
  }

  /** A message has a role that the API does not know. */
  record InvalidRole(String where, String role) implements ApiError {
    @Override
    public ErrorFacts facts() {
      String known = "system, developer, user, assistant or tool.";
      return new ErrorFacts(
          400, "invalid_role", where, "'" + role + "' is not a role; use " + known);
    }
  }

  /** A field has a value it can't have. */
  record InvalidValue(String where, String detail) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(400, "invalid_value", where, "'" + where + "' " + detail);
    }
  }

  /** The model or its engine can't do what was asked. */
  record UnsupportedByModel(String where, String model, String more) implements ApiError {
    /** A field that asks for what it can't do. */
    public UnsupportedByModel(String where, String model) {
      this(where, model, "does not support '" + where + "'.");
    }

    @Override
    public ErrorFacts facts() {
      String message = "The model '" + model + "' " + more;
      return new ErrorFacts(400, "unsupported_by_model", where, message);
    }
  }

  /** The model exists but not at this endpoint. */
  record ModelNotSupportedOnEndpoint(String model) implements ApiError {
    @Override
    public ErrorFacts facts() {
      String message =
          "The model '" + model + "' is not for this endpoint; GET /v1/models tells its modality.";
      return new ErrorFacts(400, "model_not_supported_on_endpoint", "model", message);
    }
  }

  /** The prompt at {@code where} is too long; its tokens are a lower bound if not counted. */
  record ContextLengthExceeded(String where, int promptTokens, int contextTokens, boolean counted)
      implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          400,
          "context_length_exceeded",
          where,
          "This model's maximum context length is %d tokens, answer included; '%s' has %s%d."
              .formatted(contextTokens, where, counted ? "" : "at least ", promptTokens));
    }
  }

  /** The model's chat template fails on the conversation. */
  record TemplateFailed(String detail) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          422,
          "template_failed",
          "messages",
          "The model's chat template fails on this conversation, which is the template's mistake: "
              + detail);
    }
  }

  /** There is nothing to answer. */
  record EmptyInput(String where) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(400, "empty_input", where, "'" + where + "' is empty.");
    }
  }

  /** An input is larger than the endpoint takes. */
  record InputTooLarge(String where, String detail) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(400, "input_too_large", where, "'" + where + "' " + detail);
    }
  }

  /** The bytes are not an HTTP request that the server accepts. */
  record InvalidHttp(String detail) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(400, "invalid_http", "This is not a valid HTTP request: " + detail);
    }
  }

  /** No key, or one nobody issued; {@code given} says which. */
  record InvalidApiKey(boolean given) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          401,
          "invalid_api_key",
          given
              ? "This API key is not valid."
              : "There is no API key. Send it as 'Authorization: Bearer sk-...'.");
    }
  }

  /** The key was revoked. */
  record KeyRevoked() implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(401, "key_revoked", "This API key has been revoked.");
    }
  }

  /** The key is valid, and its account forbids the request. */
  record OfAccount(AccountFault why) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return why.facts();
    }
  }

  /** Its dialect has what is not there. */
  record OfDialect(DialectFault why) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return why.facts();
    }
  }

  /** The operator's listener refuses the request. */
  record OfAdmin(AdminFault why) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return why.facts();
    }
  }

  /** Nothing is at this path; {@code meant} is the path probably intended, or empty. */
  record NotFound(String path, String meant) implements ApiError {
    @Override
    public ErrorFacts facts() {
      String better = meant.isEmpty() ? "." : "; " + meant + " is probably meant.";
      return new ErrorFacts(404, "not_found", "There is nothing at " + path + better);
    }
  }

  /** No model has this name. */
  record ModelNotFound(String model) implements ApiError {
    @Override
    public ErrorFacts facts() {
      String none = "The model '" + Clip.marked(200, model) + "' does not exist.";
      return new ErrorFacts(
          404, "model_not_found", "model", none + " GET /v1/models lists those that do.");
    }
  }

  /** The path does not know the method; {@code allow} lists those it knows. */
  record MethodNotAllowed(String method, String allow) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          405, "method_not_allowed", method + " is not allowed here; allowed: " + allow + ".");
    }
  }

  /** No path here knows the method. */
  record MethodUnknown(String method) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(501, "method_unknown", "The method '" + method + "' is not known.");
    }
  }

  /** The request did not arrive in time. */
  record RequestTimeout() implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(408, "request_timeout", "The request did not arrive in time.");
    }
  }

  /** The body is larger than the server takes. */
  record BodyTooLarge(int bytesMax) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          413, "body_too_large", "The request body is larger than " + bytesMax + " bytes.");
    }
  }

  /** The head does not declare the body as plain JSON. */
  record UnsupportedMediaType(String field, String value) implements ApiError {
    @Override
    public ErrorFacts facts() {
      String message = field + " '" + value + "' is not supported; send plain application/json.";
      return new ErrorFacts(415, "unsupported_media_type", message);
    }
  }

  /** The request's head is larger than the server takes. */
  record HeadersTooLarge(int bytesMax) implements ApiError {
    @Override
    public ErrorFacts facts() {
      String message = "The request's line and headers are larger than " + bytesMax + " bytes.";
      return new ErrorFacts(431, "headers_too_large", message);
    }
  }

  /** More tokens were asked for than the model gives. */
  record MaxTokensExceeded(int asked, int most) implements ApiError {
    @Override
    public ErrorFacts facts() {
      String message = asked + " tokens were asked for; the model gives at most " + most + ".";
      return new ErrorFacts(422, "max_tokens_exceeded", "max_tokens", message);
    }
  }

  /** The key is valid, and one of the limits that hold it is reached. */
  record OfLimit(LimitFault why) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return why.facts();
    }

    @Override
    public int retryAfterSeconds() {
      return why.retryAfterSeconds();
    }
  }

  /** Too many wrong keys came from the client's address. */
  record TooManyWrongKeys(int retryAfterSeconds) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          429,
          "too_many_wrong_keys",
          "The API key is not valid, like many from this address. Try again with another key"
              + " in %d s.".formatted(retryAfterSeconds));
    }
  }

  /** The client left; recorded, never sent. */
  record ClientClosed() implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(499, null, null, "The client closed the connection.");
    }
  }

  /** A bug. */
  record Internal() implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          500,
          "internal_error",
          "Something went wrong on our side; the request id is in the logs.");
    }
  }

  /** The upstream's answer can't be passed on: it is unreadable, or larger than a bound of ours. */
  record UnreadableAnswer(String detail) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          502, "unreadable_answer", "The model's answer cannot be passed on: " + detail);
    }
  }

  /** All places in the queue are taken. */
  record QueueFull() implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          503,
          "queue_full",
          "The server is full; all places in the queue are taken. Try again soon.");
    }
  }

  /** The memory for requests and answers is in use, or the key's share of it. */
  record MemoryFull() implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          503,
          "memory_full",
          "The memory for requests and answers is in use, or this key's share of it. Try again"
              + " soon, with fewer large requests at once.");
    }
  }

  /** A model of our own can't answer now. */
  record OfWorker(WorkerFault why) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return why.facts();
    }

    @Override
    public int retryAfterSeconds() {
      return why.retryAfterSeconds();
    }
  }

  /** The server is about to stop. */
  record Draining() implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          503, "draining", "The server is about to stop. Try again; another one will answer.");
    }
  }

  /** No target is available for the model. */
  record NoTarget(String model) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          503, "no_target", "No server is available for the model '" + model + "' at the moment.");
    }
  }

  /** The upstream broke off or answered with an error. */
  record UpstreamFailed(String detail) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          503, "upstream_failed", "The server behind this model failed: " + detail);
    }
  }

  /** The upstream asked for a pause. */
  record UpstreamBusy(int retryAfterSeconds) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          503,
          "queue_full",
          "The server behind this model is busy. Try again in " + retryAfterSeconds + " s.");
    }
  }

  /** The upstream was too slow. */
  record UpstreamTimeout(Outcome.Phase phase) implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(
          503,
          "upstream_timeout",
          switch (phase) {
            case FIRST_TOKEN -> "The model did not begin to answer in time.";
            case BETWEEN_TOKENS -> "The model stopped in the middle of its answer.";
            case WHOLE -> "The model did not give its answer in time.";
            case TOTAL -> "The answer took longer than is allowed.";
            case CLIENT_READ -> "The client did not read the answer.";
          });
    }
  }

  /** An upstream's refusal that is the request's own fault, passed on. */
  record Relayed(
      int status, String type, @Nullable String code, @Nullable String param, String message)
      implements ApiError {
    @Override
    public ErrorFacts facts() {
      return new ErrorFacts(status, code, param, message);
    }
  }
}
