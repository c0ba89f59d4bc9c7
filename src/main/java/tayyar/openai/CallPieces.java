package tayyar.openai;

import java.util.ArrayList;
import java.util.List;
import tayyar.api.JsonText;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads the pieces of tool calls that a choice's delta has, as the upstream wrote them. Not safe
 * for use by more than one thread.
 */
final class CallPieces {
  private static final byte[] EMPTY = {};

  /**
   * A piece of a call; the texts are insides of JSON strings, empty where nothing is said.
   *
   * @param index the call's, or one of {@link ToolCalls#NO_INDEX} and {@link ToolCalls#OLDER}
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Piece(int index, byte[] id, byte[] name, byte[] arguments) {}

  private final List<Piece> pieces = new ArrayList<>();

  void clear() {
    pieces.clear();
  }

  List<Piece> all() {
    return pieces;
  }

  /** Reads the value of {@code tool_calls}. */
  void read(JsonParser p, JsonToken value) {
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
    byte[] id = EMPTY;
    int before = pieces.size();
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken member = p.nextToken();
      switch (name) {
        case "index" -> place = LooseJson.integer(p, member, place);
        case "id" -> id = LooseJson.text(p, member);
        case "function" -> function(p, member, place, id);
        default -> p.skipChildren();
      }
    }
    Piece read = pieces.size() > before ? pieces.removeLast() : new Piece(0, id, EMPTY, EMPTY);
    pieces.add(new Piece(place < 0 ? ToolCalls.NO_INDEX : place, id, read.name, read.arguments));
  }

  /** Reads the value of the older {@code function_call}. */
  void older(JsonParser p, JsonToken value) {
    function(p, value, ToolCalls.OLDER, EMPTY);
  }

  /** Arguments are a string; where they are an object, its text. */
  private void function(JsonParser p, JsonToken value, int place, byte[] id) {
    if (value != JsonToken.START_OBJECT) {
      p.skipChildren();
      return;
    }
    byte[] called = EMPTY;
    byte[] arguments = EMPTY;
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken member = p.nextToken();
      switch (name) {
        case "name" -> called = LooseJson.text(p, member);
        case "arguments" ->
            arguments =
                member == JsonToken.START_OBJECT
                    ? JsonText.escape(LooseJson.copy(p, "null"))
                    : LooseJson.text(p, member);
        default -> p.skipChildren();
      }
    }
    pieces.add(new Piece(place, id, called, arguments));
  }
}
