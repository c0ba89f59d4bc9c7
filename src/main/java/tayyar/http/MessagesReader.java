package tayyar.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Feature;
import tayyar.api.Message;
import tayyar.api.Message.Role;
import tayyar.api.Refused;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the messages of a conversation. */
final class MessagesReader {
  private final JsonParser p;
  private final Set<Feature> features;
  private final int messagesMax;
  private final List<Message> messages = new ArrayList<>();

  // The message under way.
  private @Nullable Role role;
  private @Nullable String content;
  private boolean contentOptional;

  MessagesReader(JsonParser p, Set<Feature> features, int messagesMax) {
    this.p = p;
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

  private void message(String where) {
    if (p.currentToken() != JsonToken.START_OBJECT) {
      throw Values.wrong(where, "must be an object.");
    }
    role = null;
    content = null;
    contentOptional = false;
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken value = p.nextToken();
      switch (name) {
        case "role" -> role = role(where + ".role");
        case "content" -> content = content(where + ".content", value);
        case "tool_calls", "function_call", "refusal", "audio" -> {
          contentOptional |= value != JsonToken.VALUE_NULL;
          p.skipChildren();
        }
        default -> p.skipChildren();
      }
    }
    if (role == null) {
      throw new Refused(new ApiError.InvalidRole(where + ".role", ""));
    }
    if (content == null && !(role == Role.ASSISTANT && contentOptional)) {
      throw new Refused(new ApiError.MissingContent(where + ".content"));
    }
    messages.add(new Message(role, content == null ? "" : content));
  }

  private Role role(String where) {
    if (p.currentToken() == JsonToken.VALUE_STRING) {
      String name = p.getString();
      for (Role known : Role.values()) {
        if (known.wire().equals(name)) {
          return known;
        }
      }
      throw new Refused(new ApiError.InvalidRole(where, shown(name)));
    }
    throw Values.wrong(where, "must be a string.");
  }

  private static String shown(String name) {
    return name.length() <= 40 ? name : name.substring(0, 40) + "…";
  }

  private @Nullable String content(String where, JsonToken value) {
    return switch (value) {
      case VALUE_NULL -> null;
      case VALUE_STRING -> p.getString();
      case START_ARRAY -> parts(where);
      default -> throw Values.wrong(where, "must be a string or an array of parts.");
    };
  }

  private @Nullable String parts(String where) {
    var text = new StringBuilder();
    int count = 0;
    while (p.nextToken() != JsonToken.END_ARRAY) {
      part(where + "[" + count + "]", text);
      count++;
    }
    return count == 0 ? null : text.toString();
  }

  private void part(String where, StringBuilder text) {
    if (p.currentToken() != JsonToken.START_OBJECT) {
      throw Values.wrong(where, "must be an object.");
    }
    String type = null;
    String part = null;
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      p.nextToken();
      switch (name) {
        case "type" -> type = Values.string(p, where + ".type");
        case "text", "refusal" -> part = Values.string(p, where + "." + name);
        default -> p.skipChildren();
      }
    }
    if (type == null) {
      throw Values.wrong(where + ".type", "is required.");
    }
    if (type.equals("text") || type.equals("refusal")) {
      if (part == null) {
        throw new Refused(new ApiError.MissingContent(where + "." + type));
      }
      text.append(part);
    } else {
      features.add(Feature.MEDIA);
    }
  }
}
