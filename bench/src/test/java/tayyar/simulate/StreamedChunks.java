package tayyar.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A streamed answer, each of whose events must be one line that begins with {@code data: } and a
 * blank line.
 *
 * @param chunks all but the end mark
 * @param done whether that was there
 */
record StreamedChunks(List<JsonNode> chunks, boolean done) {
  private static final String BEGIN = "data: ";

  static StreamedChunks of(String body) {
    List<JsonNode> chunks = new ArrayList<>();
    boolean done = false;
    for (String event : body.split("\n\n", -1)) {
      if (event.equals("data: [DONE]")) {
        done = true;
      } else if (event.startsWith(BEGIN) && !event.contains("\n") && !event.contains("\r")) {
        chunks.add(JsonMapper.shared().readTree(event.substring(BEGIN.length())));
      } else if (!event.isEmpty()) {
        throw new IllegalStateException("no event: " + event);
      }
    }
    return new StreamedChunks(chunks, done);
  }

  private Stream<JsonNode> choices() {
    return chunks.stream().map(chunk -> chunk.path("choices").path(0));
  }

  String content() {
    return String.join(
        "", choices().map(choice -> choice.path("delta").path("content").asString("")).toList());
  }

  String finishReason() {
    return choices()
        .map(choice -> choice.path("finish_reason").asString(""))
        .reduce("", (before, now) -> now.isEmpty() ? before : now);
  }

  JsonNode usage() {
    return chunks.getLast().path("usage");
  }

  /** The calls of tools; each must give its id and its name once and first. */
  List<CollectedCall> calls() {
    List<CollectedCall> calls = new ArrayList<>();
    choices()
        .flatMap(choice -> choice.path("delta").path("tool_calls").valueStream())
        .forEach(
            piece -> {
              if (piece.path("index").asInt() == calls.size()) {
                calls.add(CollectedCall.begun(piece));
              } else if (piece.has("id") || piece.path("function").has("name")) {
                throw new IllegalStateException("told twice: " + piece);
              }
              calls.get(piece.path("index").asInt()).add(piece);
            });
    return calls;
  }

  /**
   * A call.
   *
   * @param arguments as they came
   */
  record CollectedCall(String id, String name, List<String> arguments) {
    static CollectedCall begun(JsonNode piece) {
      if (!piece.path("type").asString().equals("function")) {
        throw new IllegalStateException("no type: " + piece);
      }
      String name = piece.path("function").path("name").asString();
      return new CollectedCall(piece.path("id").asString(), name, new ArrayList<>());
    }

    void add(JsonNode piece) {
      arguments.add(piece.path("function").path("arguments").asString());
    }

    /** The calls of a whole answer's message. */
    static List<CollectedCall> of(JsonNode message) {
      List<CollectedCall> calls = new ArrayList<>();
      for (JsonNode call : message.path("tool_calls")) {
        calls.add(begun(call));
        calls.getLast().add(call);
      }
      return calls;
    }

    /** The same with all arguments in one piece. */
    CollectedCall whole() {
      return new CollectedCall(id, name, List.of(String.join("", arguments)));
    }
  }
}
