package tayyar.api;

import org.jspecify.annotations.Nullable;

/**
 * Every error the API answers with. The same table stands in {@code docs/errors.md}; a test
 * compares them.
 */
public sealed interface ApiError {

  /** The body is no JSON object, or a top-level key stands in it twice. */
  record InvalidJson(String detail) implements ApiError {}

  /** A message has no content, or there are no messages. */
  record MissingContent(String where) implements ApiError {}

  /** A message's role is none of the API's. */
  record InvalidRole(String where, String role) implements ApiError {}

  /** A field has a value it can't have. */
  record InvalidValue(String where, String detail) implements ApiError {}

  /** The model or its engine can't do what was asked. */
  record UnsupportedByModel(String where, String model) implements ApiError {}

  /** The model exists but not at this endpoint. */
  record ModelNotSupportedOnEndpoint(String model) implements ApiError {}

  /** Prompt and answer don't fit into the model's context. */
  record ContextLengthExceeded(int promptTokens, int contextTokens) implements ApiError {}

  /** There is nothing to answer. */
  record EmptyInput(String where) implements ApiError {}

  /** An input is larger than the endpoint takes. */
  record InputTooLarge(String where, String detail) implements ApiError {}

  /** The bytes are no HTTP request we accept. */
  record InvalidHttp(String detail) implements ApiError {}

  /** No key, or one nobody issued. */
  record InvalidApiKey() implements ApiError {}

  /** The key was revoked. */
  record KeyRevoked() implements ApiError {}

  /** The key may not use the model. */
  record ModelNotAllowed(String model) implements ApiError {}

  /** The key may not be used from there. */
  record IpNotAllowed() implements ApiError {}

  /** The key's organisation is suspended. */
  record OrganisationSuspended() implements ApiError {}

  /** Nothing is at this path. */
  record NotFound(String path) implements ApiError {}

  /** No model has this name. */
  record ModelNotFound(String model) implements ApiError {}

  /** The path does not know the method; {@code allow} lists those it knows. */
  record MethodNotAllowed(String method, String allow) implements ApiError {}

  /** The request did not come to its end in time. */
  record RequestTimeout() implements ApiError {}

  /** The body is larger than the server takes. */
  record BodyTooLarge(int bytesMax) implements ApiError {}

  /** The body is not said to be JSON. */
  record UnsupportedMediaType(String mediaType) implements ApiError {}

  /** The request's head is larger than the server takes. */
  record HeadersTooLarge(int bytesMax) implements ApiError {}

  /** More tokens were asked for than the model gives. */
  record MaxTokensExceeded(int asked, int most) implements ApiError {}

  /** The key's requests for this minute are used up. */
  record RateLimitExceeded(int requestsPerMinute, int retryAfterSeconds) implements ApiError {}

  /** The client left; recorded, never sent. */
  record ClientClosed() implements ApiError {}

  /** A bug. */
  record Internal() implements ApiError {}

  /** The answer of the server behind is one that we can't pass on: larger than a bound of ours. */
  record UnreadableAnswer(String detail) implements ApiError {}

  /** All places in the queue are taken. */
  record QueueFull() implements ApiError {}

  /** The memory for requests and answers is in use, or the key's share of it. */
  record MemoryFull() implements ApiError {}

  /** The embedded engine is being restarted. */
  record WorkerRestarting() implements ApiError {}

  /** The server is about to stop. */
  record Draining() implements ApiError {}

  /** No server is there for the model. */
  record NoTarget(String model) implements ApiError {}

  /** The server behind broke off or answered with an error. */
  record UpstreamFailed(String detail) implements ApiError {}

  /** The server behind asked to be left alone for a while. */
  record UpstreamBusy(int retryAfterSeconds) implements ApiError {}

  /** The server behind was too slow. */
  record UpstreamTimeout(Outcome.Phase phase) implements ApiError {}

  /** A refusal of the server behind that is the request's own fault, passed on. */
  record Relayed(
      int status, String type, @Nullable String code, @Nullable String param, String message)
      implements ApiError {}

  /** The HTTP status it has before the response's head is out. */
  default int status() {
    return switch (this) {
      case InvalidJson e -> 400;
      case MissingContent e -> 400;
      case InvalidRole e -> 400;
      case InvalidValue e -> 400;
      case UnsupportedByModel e -> 400;
      case ModelNotSupportedOnEndpoint e -> 400;
      case ContextLengthExceeded e -> 400;
      case EmptyInput e -> 400;
      case InputTooLarge e -> 400;
      case InvalidHttp e -> 400;
      case InvalidApiKey e -> 401;
      case KeyRevoked e -> 401;
      case ModelNotAllowed e -> 403;
      case IpNotAllowed e -> 403;
      case OrganisationSuspended e -> 403;
      case NotFound e -> 404;
      case ModelNotFound e -> 404;
      case MethodNotAllowed e -> 405;
      case RequestTimeout e -> 408;
      case BodyTooLarge e -> 413;
      case UnsupportedMediaType e -> 415;
      case MaxTokensExceeded e -> 422;
      case RateLimitExceeded e -> 429;
      case HeadersTooLarge e -> 431;
      case ClientClosed e -> 499;
      case Internal e -> 500;
      case UnreadableAnswer e -> 502;
      case QueueFull e -> 503;
      case MemoryFull e -> 503;
      case WorkerRestarting e -> 503;
      case Draining e -> 503;
      case NoTarget e -> 503;
      case UpstreamFailed e -> 503;
      case UpstreamBusy e -> 503;
      case UpstreamTimeout e -> 503;
      case Relayed e -> e.status();
    };
  }

  /** The envelope's {@code type}. */
  default String type() {
    return switch (this) {
      case Relayed e -> e.type();
      default ->
          switch (status()) {
            case 401 -> "authentication_error";
            case 403 -> "permission_denied";
            case 404 -> "not_found";
            case 429 -> "rate_limit_error";
            case 499 -> "client_closed";
            case 500 -> "internal_error";
            case 502 -> "bad_gateway";
            case 503 -> "service_unavailable";
            default -> "invalid_request_error";
          };
    };
  }

  /** The envelope's {@code code}. */
  default @Nullable String code() {
    return switch (this) {
      case InvalidJson e -> "invalid_json";
      case MissingContent e -> "missing_content";
      case InvalidRole e -> "invalid_role";
      case InvalidValue e -> "invalid_value";
      case UnsupportedByModel e -> "unsupported_by_model";
      case ModelNotSupportedOnEndpoint e -> "model_not_supported_on_endpoint";
      case ContextLengthExceeded e -> "context_length_exceeded";
      case EmptyInput e -> "empty_input";
      case InputTooLarge e -> "input_too_large";
      case InvalidHttp e -> "invalid_http";
      case InvalidApiKey e -> "invalid_api_key";
      case KeyRevoked e -> "key_revoked";
      case ModelNotAllowed e -> "model_not_allowed";
      case IpNotAllowed e -> "ip_not_allowed";
      case OrganisationSuspended e -> "organisation_suspended";
      case NotFound e -> "not_found";
      case ModelNotFound e -> "model_not_found";
      case MethodNotAllowed e -> "method_not_allowed";
      case RequestTimeout e -> "request_timeout";
      case BodyTooLarge e -> "body_too_large";
      case UnsupportedMediaType e -> "unsupported_media_type";
      case HeadersTooLarge e -> "headers_too_large";
      case MaxTokensExceeded e -> "max_tokens_exceeded";
      case RateLimitExceeded e -> "rate_limit_exceeded";
      case ClientClosed e -> null;
      case Internal e -> "internal_error";
      case UnreadableAnswer e -> "unreadable_answer";
      case QueueFull e -> "queue_full";
      case MemoryFull e -> "memory_full";
      case WorkerRestarting e -> "worker_restarting";
      case Draining e -> "draining";
      case NoTarget e -> "no_target";
      case UpstreamFailed e -> "upstream_failed";
      case UpstreamBusy e -> "queue_full";
      case UpstreamTimeout e -> "upstream_timeout";
      case Relayed e -> e.code();
    };
  }

  /** The envelope's {@code param}: the request's field at fault. */
  default @Nullable String param() {
    return switch (this) {
      case MissingContent e -> e.where();
      case InvalidRole e -> e.where();
      case InvalidValue e -> e.where();
      case UnsupportedByModel e -> e.where();
      case ModelNotSupportedOnEndpoint e -> "model";
      case ContextLengthExceeded e -> "messages";
      case EmptyInput e -> e.where();
      case InputTooLarge e -> e.where();
      case ModelNotAllowed e -> "model";
      case ModelNotFound e -> "model";
      case MaxTokensExceeded e -> "max_tokens";
      case Relayed e -> e.param();
      default -> null;
    };
  }

  /** One or two sentences for a person: what is wrong and what to do. */
  default String message() {
    return switch (this) {
      case InvalidJson e -> "The request body is not valid JSON: " + e.detail();
      case MissingContent e -> "'" + e.where() + "' has no content.";
      case InvalidRole e ->
          "'" + e.role() + "' is not a role; use system, developer, user, assistant or tool.";
      case InvalidValue e -> "'" + e.where() + "' " + e.detail();
      case UnsupportedByModel e ->
          "The model '" + e.model() + "' does not support '" + e.where() + "'.";
      case ModelNotSupportedOnEndpoint e ->
          "The model '" + e.model() + "' cannot be used at this endpoint.";
      case ContextLengthExceeded e ->
          "The prompt has "
              + e.promptTokens()
              + " tokens, the model's context holds "
              + e.contextTokens()
              + ", answer included. Shorten the messages.";
      case EmptyInput e -> "'" + e.where() + "' is empty.";
      case InputTooLarge e -> "'" + e.where() + "' " + e.detail();
      case InvalidHttp e -> "This is not a valid HTTP request: " + e.detail();
      case InvalidApiKey e ->
          "The API key is missing or not valid. Send it as 'Authorization: Bearer sk-...'.";
      case KeyRevoked e -> "This API key has been revoked.";
      case ModelNotAllowed e -> "This key may not use the model '" + e.model() + "'.";
      case IpNotAllowed e -> "This key may not be used from this address.";
      case OrganisationSuspended e -> "The organisation of this key is suspended.";
      case NotFound e -> "There is nothing at " + e.path() + ".";
      case ModelNotFound e ->
          "The model '" + e.model() + "' does not exist. GET /v1/models lists those that do.";
      case MethodNotAllowed e -> e.method() + " is not allowed here; allowed: " + e.allow() + ".";
      case RequestTimeout e -> "The request did not arrive in time.";
      case BodyTooLarge e -> "The request body is larger than " + e.bytesMax() + " bytes.";
      case UnsupportedMediaType e ->
          "'" + e.mediaType() + "' is not supported; send 'Content-Type: application/json'.";
      case HeadersTooLarge e ->
          "The request's line and headers are larger than " + e.bytesMax() + " bytes.";
      case MaxTokensExceeded e ->
          e.asked() + " tokens were asked for; the model gives at most " + e.most() + ".";
      case RateLimitExceeded e ->
          "This key's limit of "
              + e.requestsPerMinute()
              + " requests a minute is reached. Try again in "
              + e.retryAfterSeconds()
              + " s.";
      case ClientClosed e -> "The client closed the connection.";
      case Internal e -> "Something went wrong on our side; the request id is in the logs.";
      case UnreadableAnswer e -> "The model's answer cannot be passed on: " + e.detail();
      case QueueFull e -> "The server is full; all places in the queue are taken. Try again soon.";
      case MemoryFull e ->
          "The memory for requests and answers is in use, or this key's share of it. Try again"
              + " soon, with fewer large requests at once.";
      case WorkerRestarting e -> "The model is being restarted. Try again in a few seconds.";
      case Draining e -> "The server is about to stop. Try again; another one will answer.";
      case NoTarget e -> "No server is available for the model '" + e.model() + "' at the moment.";
      case UpstreamBusy e ->
          "The server behind this model is busy. Try again in " + e.retryAfterSeconds() + " s.";
      case UpstreamFailed e -> "The server behind this model failed: " + e.detail();
      case UpstreamTimeout e ->
          switch (e.phase()) {
            case FIRST_TOKEN -> "The model did not begin to answer in time.";
            case BETWEEN_TOKENS -> "The model stopped in the middle of its answer.";
            case TOTAL -> "The answer took longer than is allowed.";
            case CLIENT_READ -> "The client did not read the answer.";
          };
      case Relayed e -> e.message();
    };
  }

  /** Seconds for the Retry-After header, or 0 where there is none. */
  default int retryAfterSeconds() {
    return switch (this) {
      case RateLimitExceeded e -> e.retryAfterSeconds();
      case UpstreamBusy e -> e.retryAfterSeconds();
      default -> status() == 503 ? 1 : 0;
    };
  }
}
