package tayyar.messages;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.InferenceRequest;
import tayyar.api.Sink;
import tayyar.api.Sink.Kind;
import tayyar.dialect.Reading;
import tayyar.openai.ErrorBody;
import tayyar.openai.JsonBody;
import tayyar.openai.LooseJson;
import tayyar.wire.Ascii;
import tayyar.wire.PlainJson;
import tayyar.wire.SseSplitter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a target's message.
 *
 * @see <a href="https://docs.anthropic.com/en/docs/build-with-claude/streaming">Streaming</a>
 */
final class MessageReading implements Reading {
  private static final byte[] DELTA = Ascii.bytes("{\"type\":\"content_block_delta\",\"index\":");
  private static final byte[] TEXT = Ascii.bytes(",\"delta\":{\"type\":\"text_delta\",\"text\":");

  private final InferenceRequest request;
  private final Sink sink;
  private final MessageBlocks blocks;
  private final PlainJson plain = new PlainJson();
  private boolean over;

  MessageReading(InferenceRequest request, Sink sink, boolean same) {
    this.request = request;
    this.sink = sink;
    this.blocks = new MessageBlocks(sink, same);
  }

  @Override
  public @Nullable ApiError event(SseSplitter.Name name, byte[] bytes, int from, int to) {
    if (name == SseSplitter.Name.PING) {
      // Its own tools, and thinking that is not shown, may take minutes.
      sink.alive();
      return null;
    }
    if (isText(bytes, from, to)) {
      return null;
    }
    JsonNode event;
    try {
      event = LooseJson.cutTree(bytes, from, to);
    } catch (JacksonException e) {
      return name == SseSplitter.Name.ERROR
          ? ErrorBody.ofEvent(bytes, from, to)
          : new ApiError.UpstreamFailed("it sent something that is not JSON.");
    }
    return name == SseSplitter.Name.ERROR || isError(event)
        ? ErrorBody.ofEvent(bytes, from, to)
        : read(event);
  }

  /** A piece of text in the form that all servers write; nothing of it is decoded. */
  private boolean isText(byte[] bytes, int from, int to) {
    plain.begin(bytes, from, to);
    if (!plain.begins(DELTA)) {
      return false;
    }
    int index = plain.integer();
    boolean text =
        blocks.isText(index)
            && plain.begins(TEXT)
            && plain.escapedText()
            && plain.take('}')
            && plain.take('}')
            && plain.isAtEnd();
    if (text) {
      sink.delta(0, Kind.CONTENT, bytes, plain.textFrom(), plain.textTo());
    }
    return text;
  }

  private static boolean isError(JsonNode event) {
    return event.path("type").asString("").equals("error") || event.path("error").isObject();
  }

  private @Nullable ApiError read(JsonNode event) {
    int index = event.path("index").asInt(0);
    switch (event.path("type").asString("")) {
      case "message_start" -> blocks.begin(event.path("message").path("usage"));
      case "content_block_start" -> blocks.start(index, event.path("content_block"));
      case "content_block_delta" -> blocks.delta(index, event.path("delta"));
      case "content_block_stop" -> blocks.stop(index);
      case "message_delta" -> {
        blocks.usage(event.path("usage"));
        blocks.end(besides(event, "type delta usage", event.path("delta")));
      }
      case "message_stop" -> over = true;
      default -> {} // The documentation asks to pass over what is not known.
    }
    return null;
  }

  @Override
  public boolean over() {
    return over;
  }

  @Override
  public boolean complete() {
    return blocks.ended();
  }

  @Override
  public @Nullable ApiError document(byte[] body) {
    JsonNode message;
    try {
      message = LooseJson.cutTree(body, 0, body.length);
    } catch (JacksonException e) {
      return new ApiError.UpstreamFailed("it sent something that is not JSON.");
    }
    if (isError(message)) {
      return ErrorBody.ofEvent(body, 0, body.length);
    }
    if (!message.path("content").isArray()) {
      return new ApiError.UpstreamFailed("its answer is no message.");
    }
    int index = 0;
    for (JsonNode block : message.path("content")) {
      blocks.start(index, block);
      blocks.stop(index++);
    }
    blocks.usage(message.path("usage"));
    blocks.estimate(request.estimatedTokens());
    blocks.end(besides(message, "id type role model content usage", JsonBody.object()));
    return null;
  }

  /** Some members, and those of an object besides that have no place of their own. */
  private static ObjectNode besides(JsonNode object, String placed, JsonNode some) {
    ObjectNode all = JsonBody.object();
    List<String> names = List.of(placed.split(" ", -1));
    some.properties().forEach(member -> all.set(member.getKey(), member.getValue()));
    object
        .properties()
        .forEach(
            member -> {
              if (!names.contains(member.getKey())) {
                all.set(member.getKey(), member.getValue());
              }
            });
    return all;
  }

  @Override
  public ApiError refusal(int status, String retryAfter, byte[] body) {
    return ErrorBody.read(status, retryAfter, body);
  }

  @Override
  public String oddEnd() {
    return blocks.oddEnd();
  }
}
