package tayyar.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Clip;
import tayyar.api.Feature;
import tayyar.api.Message;
import tayyar.api.Message.Role;
import tayyar.api.Refused;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads the messages of a conversation. Their texts are checked by the parser as it goes over them,
 * and left where they are.
 */
final class MessagesReader {
  private static final int[] NO_TEXT = {};
  private static final List<Role> ROLES = List.of(Role.values());

  /** What a model is told of a message besides its text. */
  private static final Set<String> MORE =
      Set.of("tool_calls", "tool_call_id", "function_call", "name", "reasoning_content");

  private final JsonParser p;
  private final byte[] body;
  private final Set<Feature> features;
  private final int messagesMax;
  private final List<Message> messages = new ArrayList<>();
  private String media = "";
  private String stored = "";

  // The message under way.
  private @Nullable Role role;
  private boolean more;

  private int knownBytes;

  // Where its texts begin and end; without a content at all, null.
  private int @Nullable [] content;

  MessagesReader(JsonParser p, byte[] body, Set<Feature> features, int messagesMax) {
    this.p = p;
    this.body = body;
    this.features = features;
    this.messagesMax = messagesMax;
  }

  List<Message> read(JsonToken value) {
    if (value == JsonToken.VALUE_NULL) {
      return messages;
    }
    if (value != JsonToken.START_ARRAY) {
      throw Values.wrong("messages", "must be an array.");
    }
    while (p.nextToken() != JsonToken.END_ARRAY) {
      if (messages.size() == messagesMax) {
        throw Values.wrong("messages", "may have at most " + messagesMax + " entries.");
      }
      message("messages[" + messages.size() + "]");
    }
    return messages;
  }

  /** Bytes of texts and of media, as they stand in the body. */
  int knownBytes() {
    return knownBytes;
  }

  /** Where a file is named that is stored at the target; empty where none is. */
  String stored() {
    return stored;
  }

  /** Where the first part stands that is no text; empty where all is. */
  String media() {
    return media;
  }

  private void message(String where) {
    if (p.currentToken() != JsonToken.START_OBJECT) {
      throw Values.wrong(where, "must be an object.");
    }
    role = null;
    content = null;
    more = false;
    int from = place();
    p.nextToken();
    while (p.currentToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      member(where, name, p.nextToken());
    }
    if (role == null) {
      throw new Refused(new ApiError.InvalidRole(where + ".role", ""));
    }
    if (content == null && isNeededOf(role)) {
      throw new Refused(new ApiError.MissingContent(where + ".content"));
    }
    int[] texts = content == null ? NO_TEXT : content;
    messages.add(
        more ? new Message(role, body, from, end(), texts) : new Message(role, body, texts));
  }

  /** A model's or a tool's message may be empty; the target judges whether that will do. */
  private static boolean isNeededOf(Role role) {
    return switch (role) {
      case SYSTEM, DEVELOPER, USER -> true;
      case ASSISTANT, TOOL, FUNCTION -> false;
    };
  }

  /** Reads a value; the parser then stands at what follows it. */
  private void member(String where, String name, JsonToken value) {
    switch (name) {
      case "role" -> {
        once(role, where + ".role");
        role = role(where + ".role");
      }
      case "content" -> {
        once(content, where + ".content");
        content = content(where + ".content", value);
        return;
      }
      default -> {
        more |= MORE.contains(name) && value != JsonToken.VALUE_NULL;
        p.skipChildren();
      }
    }
    p.nextToken();
  }

  /** Refuses a member that a target might read in another way than we do. */
  private static void once(@Nullable Object before, String where) {
    if (before != null) {
      throw Values.wrong(where, "stands there twice.");
    }
  }

  private Role role(String where) {
    if (p.currentToken() == JsonToken.VALUE_STRING) {
      String name = p.getString();
      for (Role known : ROLES) {
        if (known.wire().equals(name)) {
          return known;
        }
      }
      throw new Refused(new ApiError.InvalidRole(where, shown(name)));
    }
    throw Values.wrong(where, "must be a string.");
  }

  private static String shown(String name) {
    return Clip.marked(40, name);
  }

  /** The parser then stands at what follows it. */
  private int @Nullable [] content(String where, JsonToken value) {
    if (value == JsonToken.VALUE_STRING) {
      return text();
    }
    int[] texts =
        switch (value) {
          case VALUE_NULL -> null;
          case START_ARRAY -> parts(where);
          default -> throw Values.wrong(where, "must be a string or an array of parts.");
        };
    p.nextToken();
    return texts;
  }

  /** The place of the string under the parser, which then stands at what follows it. */
  private int[] text() {
    int from = place() + 1;
    p.nextToken();
    int to = place() - 1;
    while (body[to] != '"') {
      to--;
    }
    knownBytes += to - from;
    return new int[] {from, to};
  }

  /** Behind the bracket under the parser. */
  private int end() {
    return (int) p.currentLocation().getByteOffset();
  }

  private int place() {
    return (int) p.currentTokenLocation().getByteOffset();
  }

  private int @Nullable [] parts(String where) {
    var texts = IntStream.builder();
    int count = 0;
    while (p.nextToken() != JsonToken.END_ARRAY) {
      int[] text = part(where + "[" + count + "]");
      if (text != null) {
        texts.add(text[0]);
        texts.add(text[1]);
      }
      count++;
    }
    return count == 0 ? null : texts.build().toArray();
  }

  private int @Nullable [] part(String where) {
    if (p.currentToken() != JsonToken.START_OBJECT) {
      throw Values.wrong(where, "must be an object.");
    }
    String type = null;
    int[] text = null;
    int from = place();
    int before = knownBytes;
    p.nextToken();
    while (p.currentToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken value = p.nextToken();
      switch (name) {
        case "type" -> {
          once(type, where + ".type");
          type = Values.string(p, where + ".type");
          p.nextToken();
        }
        case "text", "refusal" -> {
          once(text, where + "." + name);
          text = textOrNull(where + "." + name, value);
        }
        default -> {
          other(where + "." + name, value);
          p.nextToken();
        }
      }
    }
    if (type == null) {
      throw Values.wrong(where + ".type", "is required.");
    }
    if (!type.equals("text") && !type.equals("refusal")) {
      media = features.add(Feature.MEDIA) ? where : media;
      knownBytes = before + place() - from;
      return null;
    }
    if (text == null) {
      throw new Refused(new ApiError.MissingContent(where + "." + type));
    }
    return text;
  }

  /** Of a file that is not given in place, which is stored at the target, the place is kept. */
  private void other(String where, JsonToken value) {
    if (where.endsWith(".file_id") && value != JsonToken.VALUE_NULL) {
      // As Mistral has it.
      stored = stored.isEmpty() ? where : stored;
    }
    if (!where.endsWith(".file") || value != JsonToken.START_OBJECT) {
      p.skipChildren();
      return;
    }
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      other(where + "." + name, p.nextToken());
    }
  }

  private int @Nullable [] textOrNull(String where, JsonToken value) {
    if (value == JsonToken.VALUE_STRING) {
      return text();
    }
    if (value != JsonToken.VALUE_NULL) {
      throw Values.wrong(where, "must be a string.");
    }
    p.nextToken();
    return null;
  }
}
