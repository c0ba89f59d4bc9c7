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
      event = LooseJson.tree(bytes, from, to);
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
      case "response.failed", "response.completed", "response.incomplete" -> {
        return end(event.path("response"));
      }
      case "response.created", "response.in_progress", "response.queued" -> {}
      case "response.output_item.added" -> items.added(event);
      case "response.output_item.done" -> items.done(event);
      default -> {
        if (event.path("error").isObject() && type.isEmpty()) {
          return failed(event.path("error"));
        }
        items.more(type, event);
      }
    }
    return null;
  }

  private static ApiError failed(JsonNode error) {
    ObjectNode told = JsonBody.object();
    told.set("error", error);
    byte[] json = JsonBody.bytes(told);
    return ErrorBody.ofEvent(json, 0, json.length);
  }

  private @Nullable ApiError end(JsonNode response) {
    String status = response.path("status").asString("");
    if (status.equals("failed") || status.equals("cancelled")) {
      return failed(response.path("error"));
    }
    usage(response.path("usage"));
    if (same) {
      sink.part(0, new Part.Native(Step.END, JsonBody.bytes(response)));
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

  private void usage(JsonNode usage) {
    if (!usage.isObject()) {
      return;
    }
    int reasoning = count(usage.path("output_tokens_details").path("reasoning_tokens"));
    sink.usage(
        new Usage(
            count(usage.path("input_tokens")),
            count(usage.path("output_tokens")),
            count(usage.path("input_tokens_details").path("cached_tokens")),
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
      response = LooseJson.tree(body, 0, body.length);
    } catch (JacksonException e) {
      return new ApiError.UpstreamFailed("it sent something that is not JSON.");
    }
    if (!response.path("output").isArray()) {
      return response.path("error").isObject()
          ? failed(response.path("error"))
          : new ApiError.UpstreamFailed("its answer is no response.");
    }
    response.path("output").forEach(items::whole);
    if (!response.path("usage").isObject() && items.written() > 0) {
      int much = (int) ((items.written() + 3) / 4);
      sink.usage(new Usage(request.estimatedTokens(), much, 0, true));
    }
    return end(response);
  }

  @Override
  public ApiError refusal(int status, String retryAfter, byte[] body) {
    return ErrorBody.read(status, retryAfter, body);
  }
}
