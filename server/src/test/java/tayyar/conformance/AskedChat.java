package tayyar.conformance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import tayyar.testing.Cases;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes up requests, as chats: whole conversations with tools, and all that is asked for. */
final class AskedChat {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final RandomGenerator random;
  private final ObjectNode body = JSON.createObjectNode().put("model", "m");
  private final ArrayNode messages = body.putArray("messages");
  private int calls;

  private AskedChat(RandomGenerator random) {
    this.random = random;
  }

  static ObjectNode of(RandomGenerator random) {
    var asked = new AskedChat(random);
    asked.conversation();
    asked.tools();
    asked.numbers();
    return asked.body;
  }

  private boolean rarely() {
    return random.nextInt(4) == 0;
  }

  private String text() {
    return Cases.one(
            random,
            "word",
            "نهر طويل",
            "🙂👩‍👩‍👧",
            "\"\\\n\t\u0001",
            "</system> <b>",
            "\u2028 a",
            "{\"a\":1}",
            "data:image/png;base64,AA")
        .repeat(Cases.one(random, 1, 1, 1, 2, 60));
  }

  private void conversation() {
    if (random.nextBoolean()) {
      words(messages.addObject().put("role", "system"));
    }
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      user();
      if (left > 1) {
        assistant();
      }
    }
  }

  /** A text, or two as parts. */
  private void words(ObjectNode message) {
    if (rarely()) {
      ArrayNode parts = message.putArray("content");
      for (int i = 0; i < 2; i++) {
        parts.addObject().put("type", "text").put("text", text());
      }
    } else {
      message.put("content", text());
    }
  }

  private void user() {
    ObjectNode message = messages.addObject().put("role", "user");
    if (random.nextBoolean()) {
      message.put("content", text());
      return;
    }
    ArrayNode parts = message.putArray("content");
    for (int left = 1 + random.nextInt(3); left > 0; left--) {
      part(parts);
    }
  }

  private void part(ArrayNode parts) {
    switch (random.nextInt(5)) {
      case 0 -> image(parts);
      case 1 ->
          parts
              .addObject()
              .put("type", "file")
              .putObject("file")
              .put("filename", "a.pdf")
              .put("file_data", "data:application/pdf;base64,QkI=");
      default -> parts.addObject().put("type", "text").put("text", text());
    }
  }

  private void image(ArrayNode parts) {
    String url =
        Cases.one(random, "data:image/png;base64,aGk=", "https://example.org/a%20b.png?x=1#y");
    parts.addObject().put("type", "image_url").putObject("image_url").put("url", url);
  }

  /** One or more of them, with calls and their results. */
  private void assistant() {
    for (int rounds = random.nextInt(3); rounds > 0; rounds--) {
      ObjectNode message = messages.addObject().put("role", "assistant");
      if (random.nextBoolean()) {
        words(message);
      } else {
        message.putNull("content");
      }
      ArrayNode all = message.putArray("tool_calls");
      for (int left = 1 + random.nextInt(3); left > 0; left--) {
        call(all);
      }
      List<JsonNode> ran = new ArrayList<>(all.valueStream().toList());
      if (random.nextBoolean()) {
        Collections.reverse(ran);
      }
      ran.forEach(this::result);
    }
    if (random.nextBoolean()) {
      ObjectNode message = messages.addObject().put("role", "assistant");
      words(message);
      if (rarely()) {
        signed(message.putArray("reasoning_details"));
      }
    }
  }

  /** What Google's servers sign in a text. */
  private static void signed(ArrayNode details) {
    details
        .addObject()
        .put("type", "reasoning.encrypted")
        .put("data", "EqQB/+==")
        .put("format", "google-gemini-v1");
  }

  private void call(ArrayNode all) {
    ObjectNode call = all.addObject().put("id", "call_" + calls++ + Cases.one(random, "", "-Ab_9"));
    ObjectNode function = call.put("type", "function").putObject("function");
    function.put("name", Cases.one(random, "weather", "now")).put("arguments", arguments());
    if (rarely()) {
      call.putObject("extra_content")
          .putObject("google")
          .put("thought_signature", "Cq/+9==" + calls);
    }
  }

  private String arguments() {
    return Cases.one(
        random,
        "{}",
        "{\"d\":1.10}",
        "{\"n\":12345678901234567890123,\"e\":-0.50}",
        "{\"deep\":[{\"a\":null},[[]],{}],\"text\":\"نهر \\\" \\\\ \\n\"}",
        "{\"small\":1E-7,\"t\":true,\"\":\"\"}");
  }

  private void result(JsonNode call) {
    ObjectNode message = messages.addObject().put("role", "tool");
    message.set("tool_call_id", call.path("id"));
    if (rarely()) {
      ArrayNode parts = message.putArray("content");
      parts.addObject().put("type", "text").put("text", text());
      image(parts);
    } else {
      message.put("content", rarely() ? "" : text());
    }
  }

  private void tools() {
    if (rarely()) {
      return;
    }
    ArrayNode tools = body.putArray("tools");
    for (String name : List.of("weather", "now")) {
      ObjectNode function = tools.addObject().put("type", "function").putObject("function");
      function.put("name", name);
      if (random.nextBoolean()) {
        function.put("description", text());
      }
      function.set("parameters", schema());
      if (rarely()) {
        function.put("strict", true);
      }
    }
    switch (random.nextInt(5)) {
      case 0 -> body.put("tool_choice", "none");
      case 1 -> body.put("tool_choice", "required");
      case 2 ->
          body.set(
              "tool_choice",
              JSON.readTree("{\"type\":\"function\",\"function\":{\"name\":\"now\"}}"));
      default -> {}
    }
    if (rarely() && !body.path("tool_choice").asString("").equals("none")) {
      body.put("parallel_tool_calls", false);
    }
  }

  private JsonNode schema() {
    return JSON.readTree(
        Cases.one(
            random,
            "{\"type\":\"object\",\"properties\":{}}",
            "{\"type\":\"object\",\"properties\":{\"d\":{\"type\":\"number\",\"minimum\":0.50}},"
                + "\"required\":[\"d\"],\"additionalProperties\":false}",
            "{\"type\":\"object\",\"properties\":{\"x\":{\"$ref\":\"#/$defs/x\"}},"
                + "\"$defs\":{\"x\":{\"enum\":[\"a\",null]}}}"));
  }

  private void numbers() {
    body.put(Cases.one(random, "max_tokens", "max_completion_tokens"), 1 + random.nextInt(9_000));
    number("temperature", 0.01 * random.nextInt(100));
    number("top_p", 0.01 * (1 + random.nextInt(99)));
    number("presence_penalty", 0.5);
    number("frequency_penalty", -1.25);
    if (rarely()) {
      body.put("top_k", 1 + random.nextInt(50));
    }
    if (rarely()) {
      body.put("seed", random.nextInt());
    }
    if (rarely()) {
      body.set("stop", JSON.readTree(Cases.one(random, "\"END\"", "[\"END\",\"\\n\\n\"]")));
    }
    if (rarely()) {
      body.put("logprobs", true).put("top_logprobs", 1 + random.nextInt(5));
    }
    if (rarely()) {
      body.put("n", 2);
    }
    if (rarely()) {
      body.put("service_tier", "flex").put("user", "u").put("safety_identifier", "s");
    }
    if (rarely()) {
      body.put("reasoning_effort", Cases.one(random, "low", "medium", "high"));
    }
    if (rarely()) {
      ObjectNode format = body.putObject("response_format").put("type", "json_schema");
      format
          .putObject("json_schema")
          .put("name", "answer")
          .put("strict", true)
          .set("schema", schema());
    }
  }

  private void number(String name, double value) {
    if (random.nextBoolean()) {
      body.put(name, value);
    }
  }
}
