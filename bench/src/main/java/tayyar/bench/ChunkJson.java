package tayyar.bench;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Parses a chunk, or a whole answer, which has the same members but for {@code message} in place of
 * {@code delta}; or an event of Anthropic's Messages, or a whole one. One thread, one answer.
 */
final class ChunkJson {
  private static final JsonFactory JSON = new JsonFactory();

  private String id = "";
  private boolean idChanged;
  private String content = "";
  private int others;
  private int choices;
  private int holds;
  private int promptTokens;
  private int completionTokens;
  private boolean estimated;
  private String errorCode = "";

  /** Reads an event and returns its content, by EventReader's constants. */
  int read(byte[] bytes, int from, int to) {
    holds = 0;
    content = "";
    others = 0;
    choices = 0;
    try (JsonParser p = JSON.createParser(ObjectReadContext.empty(), bytes, from, to - from)) {
      if (p.nextToken() != JsonToken.START_OBJECT) {
        return EventReader.MALFORMED;
      }
      while (p.nextToken() == JsonToken.PROPERTY_NAME) {
        member(p, p.currentName(), p.nextToken());
      }
      return holds;
    } catch (JacksonException e) {
      return EventReader.MALFORMED;
    }
  }

  private void member(JsonParser p, String name, JsonToken value) {
    switch (name) {
      case "id" -> id(value == JsonToken.VALUE_STRING ? p.getString() : "");
      case "choices" -> choices(p, value);
      case "usage" -> usage(p, value);
      case "error" -> error(p, value);
      case "type" -> over(value == JsonToken.VALUE_STRING ? p.getString() : "");
      case "delta" -> block(p, value);
      case "content" -> blocks(p, value);
      case "stop_reason" -> holds |= value == JsonToken.VALUE_STRING ? EventReader.FINISH : 0;
      default -> p.skipChildren();
    }
  }

  private void over(String type) {
    holds |= type.equals("message_stop") ? EventReader.DONE : 0;
  }

  /** The blocks of a whole message. */
  private void blocks(JsonParser p, JsonToken value) {
    if (value != JsonToken.START_ARRAY) {
      p.skipChildren();
      return;
    }
    StringBuilder texts = new StringBuilder();
    for (JsonToken one = p.nextToken(); one != JsonToken.END_ARRAY; one = p.nextToken()) {
      block(p, one);
      texts.append(content);
      content = "";
    }
    content = texts.toString();
  }

  /** A block, or how one goes on, or why the message ends. */
  private void block(JsonParser p, JsonToken value) {
    if (value != JsonToken.START_OBJECT) {
      p.skipChildren();
      return;
    }
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      if (p.nextToken() != JsonToken.VALUE_STRING) {
        p.skipChildren();
        continue;
      }
      switch (name) {
        case "text" -> {
          choices++;
          text("content", p.getString());
        }
        case "thinking", "partial_json" -> text("reasoning", p.getString());
        case "stop_reason" -> holds |= EventReader.FINISH;
        default -> {}
      }
    }
  }

  private void id(String now) {
    if (!id.isEmpty() && !now.isEmpty() && !id.equals(now)) {
      idChanged = true;
    }
    id = now;
  }

  private void choices(JsonParser p, JsonToken value) {
    if (value != JsonToken.START_ARRAY) {
      p.skipChildren();
      return;
    }
    while (p.nextToken() == JsonToken.START_OBJECT) {
      choices++;
      while (p.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = p.currentName();
        JsonToken member = p.nextToken();
        if (name.equals("delta") || name.equals("message")) {
          delta(p, member);
        } else if (name.equals("finish_reason") && member == JsonToken.VALUE_STRING) {
          holds |= p.getString().isEmpty() ? 0 : EventReader.FINISH;
        } else {
          p.skipChildren();
        }
      }
    }
  }

  private void delta(JsonParser p, JsonToken value) {
    if (value != JsonToken.START_OBJECT) {
      p.skipChildren();
      return;
    }
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken member = p.nextToken();
      if (member == JsonToken.VALUE_STRING) {
        text(name, p.getString());
      } else if (name.equals("tool_calls") && member == JsonToken.START_ARRAY) {
        others++;
        holds |= EventReader.CONTENT;
        p.skipChildren();
      } else {
        p.skipChildren();
      }
    }
  }

  private void text(String name, String said) {
    switch (name) {
      case "content" -> content = said;
      case "reasoning_content", "reasoning", "refusal" -> others += said.isEmpty() ? 0 : 1;
      default -> {
        return;
      }
    }
    holds |= said.isEmpty() ? 0 : EventReader.CONTENT;
  }

  private void usage(JsonParser p, JsonToken value) {
    if (value != JsonToken.START_OBJECT) {
      p.skipChildren();
      return;
    }
    holds |= EventReader.USAGE;
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken member = p.nextToken();
      boolean number = member == JsonToken.VALUE_NUMBER_INT;
      switch (name) {
        case "prompt_tokens", "input_tokens" ->
            promptTokens = number ? p.getIntValue() : promptTokens;
        case "completion_tokens", "output_tokens" ->
            completionTokens = number ? p.getIntValue() : completionTokens;
        case "estimated" -> estimated = member == JsonToken.VALUE_TRUE;
        default -> p.skipChildren();
      }
    }
  }

  private void error(JsonParser p, JsonToken value) {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    holds |= EventReader.ERROR;
    if (value != JsonToken.START_OBJECT) {
      p.skipChildren();
      return;
    }
    while (p.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = p.currentName();
      JsonToken member = p.nextToken();
      if (name.equals("code") && member.isScalarValue() && member != JsonToken.VALUE_NULL) {
        errorCode = p.getString();
      } else {
        p.skipChildren();
      }
    }
  }

  /** Whether the last event held one choice and nothing but its content. */
  boolean isPlain() {
    return choices == 1 && others == 0;
  }

  String content() {
    return content;
  }

  boolean isIdChanged() {
    return idChanged;
  }

  int promptTokens() {
    return promptTokens;
  }

  int completionTokens() {
    return completionTokens;
  }

  /** Whether the server marked its usage as an estimate. */
  boolean isEstimated() {
    return estimated;
  }

  /** The last error's code in a form fit for a report, or empty. */
  String errorCode() {
    return errorCode.matches("[A-Za-z0-9_.-]{1,40}") ? errorCode : "";
  }
}
