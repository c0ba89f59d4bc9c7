package tayyar.upstream;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.JsonText;
import tayyar.api.Sink;
import tayyar.api.Sink.Kind;
import tayyar.api.Usage;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the chunks of one upstream's stream and gives their content on. What is not understood is
 * read over. Not safe for use by more than one thread.
 */
final class ChunkReader {
  private static final JsonFactory JSON = new JsonFactory();
  private static final byte[] EMPTY = {};

  private final Sink sink;
  private final BitSet seen = new BitSet();
  private final BitSet finished = new BitSet();

  // One choice under way: its index may stand behind its delta.
  private int index;
  private byte[] content = EMPTY;
  private byte[] reasoning = EMPTY;
  private byte[] refusal = EMPTY;
  private @Nullable FinishReason finish;
  private boolean gaveUp;

  ChunkReader(Sink sink) {
    this.sink = sink;
  }

  /** Whether every choice that was begun has its finish_reason. */
  boolean complete() {
    return !seen.isEmpty() && seen.equals(finished);
  }

  /**
   * Reads one event's data.
   *
   * @return null, or why the stream can't go on
   */
  @Nullable ApiError read(byte[] bytes, int from, int to) {
    try (JsonParser p = JSON.createParser(ObjectReadContext.empty(), bytes, from, to - from)) {
      if (p.nextToken() != JsonToken.START_OBJECT) {
        return new ApiError.UpstreamFailed("it sent an event that is not a JSON object.");
      }
      return members(p);
    } catch (JacksonException e) {
      return new ApiError.UpstreamFailed("it sent an event that is not JSON.");
    }
  }

  private @Nullable ApiError members(JsonParser p) {
    ApiError error = null;
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken value = p.nextToken();
      switch (name) {
        case "choices" -> choices(p, value);
        case "usage" -> usage(p, value);
        case "error" -> error = error(p, value);
        default -> p.skipChildren();
      }
    }
    return gaveUp ? new ApiError.UpstreamFailed("it gave up in the middle of its answer.") : error;
  }

  /** An {@code "error":null}, which some send with every chunk, is none. */
  private static @Nullable ApiError error(JsonParser p, JsonToken value) {
    p.skipChildren();
    return value == JsonToken.VALUE_NULL
        ? null
        : new ApiError.UpstreamFailed("it reported an error in its answer.");
  }

  private void choices(JsonParser p, JsonToken value) {
    if (value != JsonToken.START_ARRAY) {
      p.skipChildren();
      return;
    }
    while (p.nextToken() == JsonToken.START_OBJECT) {
      choice(p);
    }
  }

  private void choice(JsonParser p) {
    index = 0;
    content = EMPTY;
    reasoning = EMPTY;
    refusal = EMPTY;
    finish = null;
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken value = p.nextToken();
      switch (name) {
        case "index" -> index = value == JsonToken.VALUE_NUMBER_INT ? p.getIntValue() : 0;
        case "delta" -> delta(p, value);
        case "finish_reason" -> finish = value == JsonToken.VALUE_STRING ? reason(p) : null;
        default -> p.skipChildren();
      }
    }
    give();
  }

  private void delta(JsonParser p, JsonToken value) {
    if (value != JsonToken.START_OBJECT) {
      p.skipChildren();
      return;
    }
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      if (p.nextToken() != JsonToken.VALUE_STRING) {
        p.skipChildren();
        continue;
      }
      switch (name) {
        case "content" -> content = JsonText.escape(p.getString());
        case "reasoning_content", "reasoning" -> reasoning = JsonText.escape(p.getString());
        case "refusal" -> refusal = JsonText.escape(p.getString());
        default -> {}
      }
    }
  }

  private void give() {
    if (index < 0 || index > 1024) {
      return;
    }
    give(Kind.REASONING, reasoning);
    give(Kind.CONTENT, content);
    give(Kind.REFUSAL, refusal);
    if (finish != null && !finished.get(index)) {
      seen.set(index);
      finished.set(index);
      sink.finish(index, finish);
    }
  }

  private void give(Kind kind, byte[] json) {
    if (json.length > 0) {
      seen.set(index);
      sink.delta(index, kind, json, 0, json.length);
    }
  }

  /**
   * The words of other dialects are mapped to those of the schema; an empty one is none. Some say
   * with one that they failed: to our client that is no good end.
   */
  private @Nullable FinishReason reason(JsonParser p) {
    return switch (p.getString()) {
      case "" -> null;
      case "error", "abort" -> {
        gaveUp = true;
        yield null;
      }
      case "length", "max_tokens", "MAX_TOKENS" -> FinishReason.LENGTH;
      case "tool_calls", "tool_use" -> FinishReason.TOOL_CALLS;
      case "function_call" -> FinishReason.FUNCTION_CALL;
      case "content_filter", "SAFETY" -> FinishReason.CONTENT_FILTER;
      default -> FinishReason.STOP;
    };
  }

  private void usage(JsonParser p, JsonToken value) {
    if (value != JsonToken.START_OBJECT) {
      p.skipChildren();
      return;
    }
    int prompt = 0;
    int completion = 0;
    int cached = 0;
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken member = p.nextToken();
      switch (name) {
        case "prompt_tokens" -> prompt = count(p, member);
        case "completion_tokens" -> completion = count(p, member);
        case "prompt_tokens_details" -> cached = cachedTokens(p, member);
        default -> p.skipChildren();
      }
    }
    sink.usage(new Usage(prompt, completion, cached, false));
  }

  private static int cachedTokens(JsonParser p, JsonToken value) {
    int cached = 0;
    if (value == JsonToken.START_OBJECT) {
      while (p.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = p.currentName();
        JsonToken member = p.nextToken();
        if (name.equals("cached_tokens")) {
          cached = count(p, member);
        } else {
          p.skipChildren();
        }
      }
    }
    return cached;
  }

  private static int count(JsonParser p, JsonToken value) {
    return value == JsonToken.VALUE_NUMBER_INT ? Math.max(0, p.getIntValue()) : 0;
  }
}
