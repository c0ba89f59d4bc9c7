package tayyar.testing;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A tool's call as a client puts it together.
 *
 * @param id the call's
 * @param name the tool's
 * @param pieces its arguments, as they came; a whole answer has one
 */
public record Called(String id, String name, List<String> pieces) {
  /** The calls of choice 0 of a stream; each must give its id and its name once and first. */
  public static List<Called> of(Events events) {
    List<Called> all = new ArrayList<>();
    for (JsonNode chunk : events.chunks()) {
      for (JsonNode piece : chunk.path("choices").path(0).path("delta").path("tool_calls")) {
        int index = piece.path("index").asInt();
        JsonNode function = piece.path("function");
        if (index == all.size()) {
          all.add(begun(piece));
        } else if (piece.has("id") || function.has("name")) {
          throw new IllegalStateException("told twice: " + piece);
        }
        String arguments = function.path("arguments").asString();
        if (!arguments.isEmpty()) {
          all.get(index).pieces().add(arguments);
        }
      }
    }
    return all;
  }

  /** The calls of choice 0 of a whole answer. */
  public static List<Called> of(JsonNode answer) {
    List<Called> all = new ArrayList<>();
    for (JsonNode one : answer.path("choices").path(0).path("message").path("tool_calls")) {
      Called call = begun(one);
      call.pieces().add(one.path("function").path("arguments").asString());
      all.add(call);
    }
    return all;
  }

  private static Called begun(JsonNode piece) {
    String name = piece.path("function").path("name").asString();
    if (!piece.path("type").asString().equals("function")) {
      throw new IllegalStateException("no type: " + piece);
    }
    return new Called(piece.path("id").asString(), name, new ArrayList<>());
  }

  /** All arguments. */
  public String arguments() {
    return String.join("", pieces);
  }

  /** The same with all arguments in one piece. */
  public Called whole() {
    return new Called(id, name, List.of(arguments()));
  }
}
