package tayyar.gemini;

import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.Sink;
import tayyar.api.Usage;
import tayyar.dialect.Reading;
import tayyar.openai.Collected;
import tayyar.openai.ErrorBody;
import tayyar.openai.JsonBody;
import tayyar.openai.LooseJson;
import tayyar.wire.SseSplitter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads an answer of Google's API. The chunks of a stream have the form of a whole answer. No mark
 * tells a stream's end: it is complete where each candidate has said why it ended.
 *
 * @see <a href="https://ai.google.dev/api/generate-content#generatecontentresponse">The answer</a>
 */
final class ContentReading implements Reading {
  /** The member of a part by which the server knows its own thinking again. */
  static final String SIGNATURE = "thoughtSignature";

  private static final String NO_JSON = "it sent something that is not JSON.";

  private final InferenceRequest request;
  private final Sink sink;
  private Candidates candidates;
  private final Tokens tokens = new Tokens();
  private final Tokens.Told told = new Tokens.Told();
  private final PlainContent plain = new PlainContent();

  ContentReading(InferenceRequest request, Sink sink) {
    this.request = request;
    this.sink = sink;
    this.candidates = new Candidates(sink);
  }

  @Override
  public @Nullable ApiError event(SseSplitter.Name name, byte[] bytes, int from, int to) {
    if (name == SseSplitter.Name.USUAL && candidates.areWhole() && plain.read(bytes, from, to)) {
      // Ahead of the text: some clients are told the prompt's tokens at once.
      tell(plain.usage(), sink);
      candidates.text(plain.isThought(), bytes, plain.textFrom(), plain.textTo());
      return null;
    }
    JsonNode chunk;
    try {
      chunk = LooseJson.cutTree(bytes, from, to);
    } catch (JacksonException e) {
      return switch (name) {
        case PING -> null;
        case ERROR -> ErrorBody.ofEvent(bytes, from, to);
        case USUAL -> new ApiError.UpstreamFailed(NO_JSON);
      };
    }
    if (name == SseSplitter.Name.ERROR || isError(chunk)) {
      return ErrorBody.ofEvent(bytes, from, to);
    }
    return read(chunk, sink);
  }

  private static boolean isError(JsonNode root) {
    return (root.isArray() ? root.path(0) : root).path("error").isObject();
  }

  /** Reads a chunk, or a whole answer. */
  private @Nullable ApiError read(JsonNode chunk, Sink to) {
    // They are paid there, also where nothing can be made of the answer.
    told.read(chunk.path("usageMetadata"));
    tell(told, to);
    ApiError wrong = candidates.failure(chunk.path("candidates"));
    if (wrong != null) {
      return wrong;
    }
    int place = 0;
    for (JsonNode candidate : chunk.path("candidates")) {
      candidates.read(candidate, place++);
    }
    if (isBlocked(chunk)) {
      candidates.end(0, FinishReason.CONTENT_FILTER);
    }
    return null;
  }

  private void tell(Tokens.Told now, Sink to) {
    Usage usage = tokens.take(now);
    if (usage != null) {
      to.usage(usage);
    }
  }

  /** The prompt was withheld from the model. */
  private static boolean isBlocked(JsonNode chunk) {
    return chunk.path("candidates").isEmpty()
        && chunk.path("promptFeedback").path("blockReason").isString();
  }

  @Override
  public boolean over() {
    return false;
  }

  @Override
  public boolean complete() {
    return candidates.complete();
  }

  @Override
  public @Nullable ApiError document(byte[] body) {
    JsonNode answer;
    try {
      answer = LooseJson.cutTree(body, 0, body.length);
    } catch (JacksonException e) {
      return new ApiError.UpstreamFailed(NO_JSON);
    }
    if (isError(answer)) {
      return ErrorBody.ofEvent(body, 0, body.length);
    }
    var all = new Collected();
    candidates = new Candidates(all);
    // A stream that is asked for without events is a list of its chunks.
    for (JsonNode chunk : answer.isArray() ? answer : JsonBody.array().add(answer)) {
      ApiError wrong = read(chunk, all);
      if (wrong != null) {
        return wrong;
      }
    }
    if (!candidates.complete()) {
      return new ApiError.UpstreamFailed("its answer has no candidate that is complete.");
    }
    Usage estimate = tokens.estimate(request.estimatedTokens(), candidates.written());
    if (estimate != null) {
      all.usage(estimate);
    }
    all.giveTo(sink);
    return null;
  }

  @Override
  public ApiError refusal(int status, String retryAfter, byte[] body) {
    return ErrorBody.read(status, retryAfter, body);
  }

  @Override
  public String oddEnd() {
    return candidates.oddEnd();
  }
}
