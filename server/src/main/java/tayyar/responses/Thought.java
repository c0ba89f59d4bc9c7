package tayyar.responses;

import tayyar.api.Part;
import tayyar.api.Part.Member.Place;
import tayyar.openai.JsonBody;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Thinking that a server of the Responses API has sealed, as an entry of a chat's details. */
final class Thought {
  /** OpenRouter's name for it. */
  static final String FORMAT = "openai-responses-v1";

  private Thought() {}

  /** Makes the part of a chat's message for an item with {@code encrypted_content}. */
  static Part.Member sealed(JsonNode item) {
    ObjectNode detail = JsonBody.object().put("type", "reasoning.encrypted");
    detail.set("data", item.path("encrypted_content"));
    detail.set("id", item.path("id"));
    detail.put("format", FORMAT);
    return new Part.Member(
        Place.MESSAGE, "reasoning_details", JsonBody.bytes(JsonBody.array().add(detail)));
  }
}
