package tayyar.responses;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.InferenceRequest;
import tayyar.api.Part;
import tayyar.api.Part.Native.Step;
import tayyar.api.Sink;
import tayyar.api.Usage;
import tayyar.dialect.Reading;
import tayyar.openai.ErrorBody;
import tayyar.openai.JsonBody;
import tayyar.openai.LooseJson;
import tayyar.wire.SseSplitter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a target's response.
 *
 * @see <a href="https://www.openresponses.org/specification">Open Responses</a>
 */
final class ResponseReading implements Reading {
  private final InferenceRequest request;
  private final Sink sink;
  private final boolean same;
  private final ResponseItems items;
  private boolean ended;

  /**
   * Of one answer.
   *
   * @param same whether the client speaks the Responses API
   */
  ResponseReading(InferenceRequest request, Sink sink, boolean same) {
    this.request = request;
    this.sink = sink;
    this.same = same;
    this.items = new ResponseItems(sink, same);
  }

  @Override
  public @Nullable ApiError event(SseSplitter.Name name, byte[] bytes, int from, int to) {
    if (to - from > 0 && bytes[from] == '[') {
      return null; // Open Responses ends with [DONE], OpenAI does not.
    }
    JsonNode event;
    try {
      event = LooseJson.cutTree(bytes, from, to);
    } catch (JacksonException e) {
      return name == SseSplitter.Name.ERROR
          ? ErrorBody.ofEvent(bytes, from, to)
          : new ApiError.UpstreamFailed("it sent something that is not JSON.");
    }
    return read(event, event.path("type").asString(""));
  }

  private @Nullable ApiError read(JsonNode event, String type) {
    switch (type) {
      case "error" -> {
        return failed(event.path("error").isObject() ? event.path("error") : event);
      }
      case "response.failed", "response.completed", "response.incomplete", "response.cancelled" -> {
        return end(event.path("response"), type.substring("response.".length()));
      }
      case "response.created", "response.in_progress", "response.queued" -> {}
      case "response.output_item.added" -> items.added(event);
      case "response.output_item.done" -> items.done(event);
      default -> {
        if (event.path("error").isObject() && type.isEmpty()) {
          return failed(event.path("error"));
        }
        if (isType(type)) {
          items.more(type, event);
        }
      }
    }
    return null;
  }

  /** An event's type is written as it is, so it must be a word. */
  private static boolean isType(String type) {
    return !type.isEmpty()
        && type.chars().allMatch(c -> c == '.' || c == '_' || Character.isLetterOrDigit(c));
  }

  private static ApiError failed(JsonNode error) {
    ObjectNode told = JsonBody.object();
    told.set("error", error);
    byte[] json = JsonBody.bytes(told);
    return ErrorBody.ofEvent(json, 0, json.length);
  }

  /**
   * Ends it.
   *
   * @param status as the event or the document has it
   */
  private @Nullable ApiError end(JsonNode last, String status) {
    if (!(last instanceof ObjectNode response)) {
      return new ApiError.UpstreamFailed("its last event has no response.");
    }
    usage(response.path("usage"));
    if (status.equals("failed") || status.equals("cancelled")) {
      return failed(response.path("error"));
    }
    if (!status.equals("completed") && !status.equals("incomplete")) {
      return new ApiError.UpstreamFailed("its response is not complete.");
    }
    if (!same && items.isEmpty()) {
      response.path("output").forEach(items::whole);
    }
    estimate(response);
    if (same) {
      sink.part(0, new Part.Native(Step.END, JsonBody.bytes(response.put("status", status))));
    }
    ended = true;
    String why = response.path("incomplete_details").path("reason").asString("");
    sink.finish(
        0,
        !status.equals("incomplete")
            ? items.called() ? FinishReason.TOOL_CALLS : FinishReason.STOP
            : why.equals("content_filter") ? FinishReason.CONTENT_FILTER : FinishReason.LENGTH);
    return null;
  }

  /** Where no token was seen and none is told, four bytes are taken for one. */
  private void estimate(JsonNode response) {
    long written = items.written();
    if (written == 0 && same) {
      written =
          response.path("output").isEmpty() ? 0 : JsonBody.bytes(response.path("output")).length;
    }
    if (!response.path("usage").isObject() && written > 0 && !items.inPieces()) {
      sink.usage(new Usage(request.estimatedTokens(), (int) ((written + 3) / 4), 0, true));
    }
  }

  private void usage(JsonNode usage) {
    if (!usage.isObject()) {
      return;
    }
    int input = count(usage.path("input_tokens"));
    int reasoning = count(usage.path("output_tokens_details").path("reasoning_tokens"));
    sink.usage(
        new Usage(
            input,
            count(usage.path("output_tokens")),
            Math.min(input, count(usage.path("input_tokens_details").path("cached_tokens"))),
            count(usage.path("input_tokens_details").path("cache_write_tokens")),
            false,
            reasoning == 0 ? Map.of() : Map.of("reasoning_tokens", reasoning)));
  }

  private static int count(JsonNode number) {
    return Math.clamp(number.asLong(0), 0, 100_000_000);
  }

  @Override
  public boolean over() {
    return ended;
  }

  @Override
  public boolean complete() {
    return ended;
  }

  @Override
  public @Nullable ApiError document(byte[] body) {
    JsonNode response;
    try {
      response = LooseJson.cutTree(body, 0, body.length);
    } catch (JacksonException e) {
      return new ApiError.UpstreamFailed("it sent something that is not JSON.");
    }
    if (!response.path("output").isArray()) {
      return response.path("error").isObject()
          ? failed(response.path("error"))
          : new ApiError.UpstreamFailed("its answer is no response.");
    }
    response.path("output").forEach(items::whole);
    return end(response, response.path("status").asString("completed"));
  }

  @Override
  public ApiError refusal(int status, String retryAfter, byte[] body) {
    return ErrorBody.read(status, retryAfter, body);
  }
}
