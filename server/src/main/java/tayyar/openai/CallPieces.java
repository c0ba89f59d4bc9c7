package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.Part;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads the pieces of tool calls that a choice's delta or message has, as the upstream wrote them.
 * Not safe for use by more than one thread.
 */
final class CallPieces {
  private static final byte[] EMPTY = {};

  /**
   * A piece of a call; empty texts where nothing is said.
   *
   * @param index the call's, or one of {@link ToolCalls#NO_INDEX} and {@link ToolCalls#OLDER}
   * @param custom whether the tool is no function
   * @param more members that nobody here understands, as JSON, each with a comma before it
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Piece(int index, boolean custom, String id, String name, String arguments, byte[] more) {}

  private final List<Piece> pieces = new ArrayList<>(0);

  // Of the call under way.
  private boolean custom;
  private String called = "";
  private String arguments = "";

  void clear() {
    pieces.clear();
  }

  List<Piece> all() {
    return pieces;
  }

  /** Reads the value of {@code tool_calls}; some servers write one call without a list. */
  void read(JsonParser p, JsonToken value) {
    if (value == JsonToken.START_OBJECT) {
      call(p);
      return;
    }
    if (value != JsonToken.START_ARRAY) {
      p.skipChildren();
      return;
    }
    for (JsonToken one = p.nextToken(); one != JsonToken.END_ARRAY; one = p.nextToken()) {
      if (one == JsonToken.START_OBJECT) {
        call(p);
      } else {
        p.skipChildren();
      }
    }
  }

  private void call(JsonParser p) {
    int place = ToolCalls.NO_INDEX;
    String id = "";
    ByteArrayOutputStream more = null;
    begin();
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken member = p.nextToken();
      switch (name) {
        case "index" -> place = LooseJson.integer(p, member, place);
        case "id" -> id = LooseJson.string(p, member);
        case "type" -> custom |= LooseJson.string(p, member).equals("custom");
        case "function" -> tool(p, member);
        case "name", "arguments" -> ofTool(p, name, member);
        case "custom" -> {
          custom = true;
          tool(p, member);
        }
        default -> more = more(more, Said.member(Part.Member.Place.MESSAGE, name, p, member));
      }
    }
    if (id.isEmpty() && called.isEmpty() && arguments.isEmpty() && more == null) {
      return;
    }
    pieces.add(
        new Piece(
            place < 0 ? ToolCalls.NO_INDEX : place,
            custom,
            id,
            called,
            arguments,
            more == null ? EMPTY : more.toByteArray()));
  }

  private static @Nullable ByteArrayOutputStream more(
      @Nullable ByteArrayOutputStream before, Part.@Nullable Member member) {
    if (member == null) {
      return before;
    }
    ByteArrayOutputStream all = before == null ? new ByteArrayOutputStream() : before;
    all.writeBytes((",\"" + member.name() + "\":").getBytes(UTF_8));
    all.writeBytes(member.json());
    return all;
  }

  private void begin() {
    custom = false;
    called = "";
    arguments = "";
  }

  /** Reads the value of the older {@code function_call}. */
  void older(JsonParser p, JsonToken value) {
    if (value != JsonToken.START_OBJECT) {
      p.skipChildren();
      return;
    }
    begin();
    tool(p, value);
    pieces.add(new Piece(ToolCalls.OLDER, false, "", called, arguments, EMPTY));
  }

  /** Reads a tool, which stands in an object of its own, in the call itself, or as a name alone. */
  private void tool(JsonParser p, JsonToken value) {
    if (value != JsonToken.START_OBJECT) {
      called = value == JsonToken.VALUE_STRING ? p.getString() : called;
      p.skipChildren();
      return;
    }
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      ofTool(p, name, p.nextToken());
    }
  }

  /** Arguments are a string; where they are an object or a list, its text. */
  private void ofTool(JsonParser p, String name, JsonToken value) {
    switch (name) {
      case "name" -> called = LooseJson.string(p, value);
      case "arguments", "input" ->
          arguments =
              value.isStructStart()
                  ? new String(LooseJson.copy(p, "null"), UTF_8)
                  : LooseJson.string(p, value);
      default -> p.skipChildren();
    }
  }
}
