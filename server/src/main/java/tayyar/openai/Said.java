package tayyar.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tayyar.api.Part;
import tayyar.api.Part.Member.Place;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What one choice says: a delta of a stream, or a message. Texts are collected, whatever form they
 * have; what nobody here understands is kept for the client. Not safe for use by more than one
 * thread.
 */
final class Said {
  /** Members that mean something to their server alone, and those that we write ourselves. */
  private static final Set<String> DROPPED =
      Set.of("role", "obfuscation", "token_ids", "prompt_token_ids");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

  private final CallPieces calls = new CallPieces();
  private final List<Part.Member> members = new ArrayList<>(0);
  private String content = "";
  private String reasoning = "";
  private String refusal = "";
  private int contentAt;

  /** Forgets what was said. */
  void clear() {
    calls.clear();
    members.clear();
    content = "";
    reasoning = "";
    refusal = "";
    contentAt = -1;
  }

  String content() {
    return content;
  }

  String reasoning() {
    return reasoning;
  }

  String refusal() {
    return refusal;
  }

  /** Where the content's opening quote stands; -1 where it is no string. */
  int contentAt() {
    return contentAt;
  }

  List<CallPieces.Piece> calls() {
    return calls.all();
  }

  List<Part.Member> members() {
    return members;
  }

  /** Reads the value of {@code delta} or {@code message}; a value that is no object is a text. */
  void read(JsonParser p, JsonToken value) {
    if (value != JsonToken.START_OBJECT) {
      text(p, value);
      return;
    }
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken member = p.nextToken();
      switch (name) {
        case "content" -> text(p, member);
        case "reasoning_content", "reasoning" -> thought(p, member);
        case "refusal" -> refusal = LooseJson.string(p, member);
        case "tool_calls" -> calls.read(p, member);
        case "function_call" -> calls.older(p, member);
        default -> {
          if (DROPPED.contains(name)) {
            p.skipChildren();
          } else {
            add(member(Place.MESSAGE, name, p, member));
          }
        }
      }
    }
  }

  /** Reads a thought; one that is no text goes to the client as it is. */
  private void thought(JsonParser p, JsonToken value) {
    if (value.isStructStart()) {
      add(member(Place.MESSAGE, "reasoning", p, value));
    } else {
      reasoning = longer(reasoning, LooseJson.string(p, value));
    }
  }

  private void add(Part.@Nullable Member member) {
    if (member != null) {
      members.add(member);
    }
  }

  /** Whether it has anything to give. */
  boolean speaks() {
    return !content.isEmpty() || hasMoreThanContent();
  }

  /** Whether it has anything to give besides a text. */
  boolean hasMoreThanContent() {
    return !reasoning.isEmpty()
        || !refusal.isEmpty()
        || !calls.all().isEmpty()
        || !members.isEmpty();
  }

  /**
   * Reads the text of a completion or of a message: a string, parts, or a number, as some write it.
   */
  void text(JsonParser p, JsonToken value) {
    if (value == JsonToken.VALUE_STRING) {
      contentAt = (int) p.currentTokenLocation().getByteOffset();
      content = p.getString();
    } else if (value.isStructStart()) {
      var parts = new ContentParts(LooseJson.tree(p));
      content = parts.content();
      reasoning = longer(reasoning, parts.reasoning());
      refusal += parts.refusal();
      members.addAll(parts.members());
    } else if (value.isNumeric()) {
      content = p.getString();
    }
  }

  /** Some send one thought under both names. */
  private static String longer(String a, String b) {
    return a.length() >= b.length() ? a : b;
  }

  /** The member under a parser, or null where it says nothing. */
  static Part.@Nullable Member member(Place place, String name, JsonParser p, JsonToken value) {
    if (value == JsonToken.VALUE_NULL || !NAME.matcher(name).matches()) {
      p.skipChildren();
      return null;
    }
    byte[] json = LooseJson.copy(p, "null");
    return json.length <= 2 && value != JsonToken.VALUE_NUMBER_INT
        ? null
        : new Part.Member(place, name, json);
  }
}
