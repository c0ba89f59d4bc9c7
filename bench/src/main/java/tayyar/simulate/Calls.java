package tayyar.simulate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls of the tools that a request offers, each tool once or only one of them, behind the answer's
 * text. Each call begins with a piece that has its id and its name; its arguments follow in pieces.
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
   * The calls that the script wants and the request allows; in each round of a conversation they
   * have other ids.
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
    long seed = script.number(Word.SEED, 0) + 1_000L * rounds(body);
    int index = 0;
    for (JsonNode tool : tools) {
      JsonNode function = tool.path("function").isObject() ? tool.path("function") : tool;
      String name = function.path("name").asString("nameless");
      if (name.equals(script.name(Word.TOOL, name))) {
        long number = Speech.Endless.mixed(seed, -1 - index);
        String id = "call_" + Long.toUnsignedString(number, 36);
        pieces.add(new CallPiece(index, id, inside(name), ""));
        for (byte[] part : Form.pieces(arguments(script, index, schema(function)))) {
          pieces.add(new CallPiece(index, "", "", new String(part, UTF_8)));
        }
        index++;
      }
    }
    return new Calls(Math.min(script.number(Word.CALLS), most), pieces);
  }

  /** The rounds before this one; a beginning of the answer that is given makes none. */
  private static int rounds(JsonNode body) {
    int asked = 0;
    for (JsonNode message : body.has("messages") ? body.path("messages") : body.path("input")) {
      boolean said = message.path("role").asString("").equals("assistant");
      asked += said || message.path("type").asString("").matches("reasoning|.*_call") ? 0 : 1;
    }
    return Math.max(0, asked - 1);
  }

  /** OpenAI and Anthropic call it differently. */
  private static JsonNode schema(JsonNode function) {
    JsonNode parameters = function.path("parameters");
    return parameters.isObject() ? parameters : function.path("input_schema");
  }

  private static String arguments(Script script, int index, JsonNode schema) {
    String given = script.name(Word.ARGUMENTS, "");
    return given.isEmpty()
        ? new Form(script, index).object(schema)
        : URLDecoder.decode(given.replace("+", "%2B"), UTF_8);
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
