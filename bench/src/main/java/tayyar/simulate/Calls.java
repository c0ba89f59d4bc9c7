package tayyar.simulate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls of the tools that a request offers, each tool once, behind the answer's text. Each call
 * begins with a piece that has its id and its name; its arguments follow in pieces.
 *
 * @param from the place of the first piece among the answer's tokens
 * @param pieces all of them, in order
 */
record Calls(int from, List<CallPiece> pieces) {
  private static final ObjectMapper JSON = JsonMapper.shared();
  private static final Calls NONE = new Calls(Integer.MAX_VALUE, List.of());

  /**
   * A part of a call.
   *
   * @param index the call's place
   * @param id the call's, as the inside of a JSON string; empty but for a call's first piece
   * @param name the tool's, likewise
   * @param arguments a part of the arguments, likewise
   */
  record CallPiece(int index, String id, String name, String arguments) {}

  /**
   * The calls that the script wants and the request allows.
   *
   * @param most tokens of text that come before them
   */
  static Calls of(Script script, JsonNode body, int most) {
    JsonNode tools = body.path("tools");
    JsonNode choice = body.path("tool_choice");
    boolean none = choice.path("type").asString(choice.asString("")).equals("none");
    if (!script.has(Word.CALLS) || tools.isEmpty() || none) {
      return NONE;
    }
    List<CallPiece> pieces = new ArrayList<>();
    for (int i = 0; i < tools.size(); i++) {
      JsonNode function = tools.path(i).path("function");
      function = function.isObject() ? function : tools.path(i);
      long number = Speech.Endless.mixed(script.number(Word.SEED, 0), -1 - i);
      String id = "call_" + Long.toUnsignedString(number, 36);
      pieces.add(new CallPiece(i, id, inside(function.path("name").asString("nameless")), ""));
      for (byte[] part : Form.pieces(new Form(script, i).object(schema(function)))) {
        pieces.add(new CallPiece(i, "", "", new String(part, UTF_8)));
      }
    }
    return new Calls(Math.min(script.number(Word.CALLS), most), pieces);
  }

  /** OpenAI and Anthropic call it differently. */
  private static JsonNode schema(JsonNode function) {
    JsonNode parameters = function.path("parameters");
    return parameters.isObject() ? parameters : function.path("input_schema");
  }

  private static String inside(String text) {
    return new String(JsonString.escape(text), UTF_8);
  }

  /** Whether there is any. */
  boolean any() {
    return !pieces.isEmpty();
  }

  /** The place behind the last piece. */
  int end() {
    return from + pieces.size();
  }

  /** Whether the token at a place is a piece of a call. */
  boolean at(int token) {
    return token >= from;
  }

  /** Returns the piece at a place. */
  CallPiece piece(int token) {
    return pieces.get(token - from);
  }

  /** Returns the JSON of arguments, given as the inside of a JSON string. */
  static String json(String arguments) {
    return JSON.readValue("\"" + arguments + "\"", String.class);
  }

  /** The delta of a piece. */
  String delta(int token) {
    CallPiece piece = piece(token);
    String arguments = "\"arguments\":\"" + piece.arguments() + "\"}";
    String begin =
        piece.id().isEmpty()
            ? "\"function\":{"
            : "\"id\":\""
                + piece.id()
                + "\",\"type\":\"function\",\"function\":{\"name\":\""
                + piece.name()
                + "\",";
    return "{\"tool_calls\":[{\"index\":" + piece.index() + "," + begin + arguments + "}]}";
  }

  /** The calls up to a place, as a message has them. */
  String whole(int to) {
    StringBuilder all = new StringBuilder("[");
    for (CallPiece piece : pieces.subList(0, Math.max(0, to - from))) {
      if (!piece.id().isEmpty()) {
        all.append(all.length() == 1 ? "" : "\"}},")
            .append("{\"id\":\"")
            .append(piece.id())
            .append("\",\"type\":\"function\",\"function\":{\"name\":\"")
            .append(piece.name())
            .append("\",\"arguments\":\"");
      }
      all.append(piece.arguments());
    }
    return all.append(all.length() == 1 ? "]" : "\"}}]").toString();
  }
}
