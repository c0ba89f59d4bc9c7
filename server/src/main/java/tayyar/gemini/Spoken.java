package tayyar.gemini;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tayyar.openai.JsonBody;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The parts of a model's turn. A chat has one text where the server wrote several, so each
 * signature says where the part stood that it was in; it goes back with that part, for the server
 * refuses, or thinks worse behind, one that stands elsewhere.
 *
 * @see <a href="https://ai.google.dev/gemini-api/docs/thought-signatures">Thought signatures</a>
 */
final class Spoken {
  private static final Pattern PLACE =
      Pattern.compile("part-([0-9]{1,9})-([0-9]{1,9})-([0-9]{1,3})");

  /**
   * A signature in its place.
   *
   * @param from the characters of text before its part
   * @param to the same behind it
   * @param calls the calls before it
   */
  private record Signed(JsonNode signature, int from, int to, int calls) {}

  private final ArrayNode parts = JsonBody.array();
  private final List<Signed> signed = new ArrayList<>(0);
  private final StringBuilder text = new StringBuilder();
  private final List<JsonNode> calls = new ArrayList<>();
  private boolean isPlain = true;

  /** Returns the id of a signature's entry, which tells its place. */
  static String id(long from, long to, int calls) {
    return "part-" + from + "-" + to + "-" + calls;
  }

  /** Adds parts that follow. */
  void add(ArrayNode more) {
    for (JsonNode part : more) {
      parts.add(part);
      if (part.has("functionCall")) {
        calls.add(part);
      } else if (part.has("text") && !part.has(ContentReading.SIGNATURE)) {
        text.append(part.path("text").asString(""));
      } else {
        isPlain = false;
      }
    }
  }

  /**
   * Adds a signature.
   *
   * @return false where its entry tells no place
   */
  boolean sign(JsonNode detail) {
    Matcher place = PLACE.matcher(detail.path("id").asString(""));
    if (!place.matches()) {
      return false;
    }
    int from = Integer.parseInt(place.group(1));
    int to = Integer.parseInt(place.group(2));
    signed.add(new Signed(detail.path("data"), from, to, Integer.parseInt(place.group(3))));
    return true;
  }

  /** Returns the turn. */
  ArrayNode parts() {
    if (signed.isEmpty()) {
      return parts;
    }
    return isPlain && fits() ? placed() : behind();
  }

  /** Whether the text and the calls are those that the places were told of. */
  private boolean fits() {
    int at = 0;
    int called = 0;
    for (Signed each : signed) {
      if (each.from < at || each.to < each.from || each.calls < called) {
        return false;
      }
      at = each.to;
      called = each.calls;
    }
    return at <= text.codePointCount(0, text.length()) && called <= calls.size();
  }

  private ArrayNode placed() {
    ArrayNode all = JsonBody.array();
    int at = 0;
    int called = 0;
    for (Signed each : signed) {
      int from = text.offsetByCodePoints(at, each.from - text.codePointCount(0, at));
      int to = text.offsetByCodePoints(from, each.to - each.from);
      if (from > at) {
        all.addObject().put("text", text.substring(at, from));
      }
      for (; called < each.calls; called++) {
        all.add(calls.get(called));
      }
      ObjectNode its = all.addObject().put("text", text.substring(from, to));
      its.set(ContentReading.SIGNATURE, each.signature);
      at = to;
    }
    if (at < text.length()) {
      all.addObject().put("text", text.substring(at));
    }
    calls.subList(called, calls.size()).forEach(all::add);
    return all;
  }

  /** In parts of their own they are at least in no wrong one. */
  private ArrayNode behind() {
    for (Signed each : signed) {
      parts.addObject().put("text", "").set(ContentReading.SIGNATURE, each.signature);
    }
    return parts;
  }
}
