package tayyar.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** Requests as bytes. */
public final class Requests {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Requests() {}

  /** A chat's body with one message. */
  public static ObjectNode chat(String model, String text, boolean stream) {
    ObjectNode body = JSON.createObjectNode();
    body.put("model", model);
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    if (stream) {
      body.put("stream", true);
    }
    return body;
  }

  /** The same with a chunk of usage at its end. */
  public static ObjectNode chatWithUsage(String model, String text) {
    ObjectNode body = chat(model, text, true);
    body.putObject("stream_options").put("include_usage", true);
    return body;
  }

  /** The body with two tools: one wants a city and a number, one has no parameters. */
  public static ObjectNode withTools(ObjectNode body) {
    body.set(
        "tools",
        JSON.readTree(
            """
            [{"type":"function","function":{"name":"weather","parameters":{"type":"object",
              "properties":{"city":{"type":"string"},"days":{"type":"integer"}}}}},
             {"type":"function","function":{"name":"now"}}]
            """));
    return body;
  }

  /** The body held to JSON of a schema. */
  public static ObjectNode withSchema(ObjectNode body) {
    body.set(
        "response_format",
        JSON.readTree(
            """
            {"type":"json_schema","json_schema":{"name":"place","strict":true,"schema":{
              "type":"object","required":["name","kinds"],"additionalProperties":false,"properties":{
                "name":{"type":"string"},"height":{"type":["number","null"]},
                "kinds":{"type":"array","items":{"enum":["town","hill"]}}}}}}
            """));
    return body;
  }

  /** POST of a chat with a key. */
  public static String post(String key, String body) {
    return post(key, body, "");
  }

  /** POST of a chat with a key and more fields, each with its line end. */
  public static String post(String key, String body, String fields) {
    return post("/v1/chat/completions", key, body, fields);
  }

  /** POST of a body to a path. */
  public static String post(String path, String key, String body, String fields) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: test\r\n"
        + (key.isEmpty() ? "" : "Authorization: Bearer " + key + "\r\n")
        + "Content-Type: application/json\r\n"
        + fields
        + "Content-Length: "
        + body.getBytes(UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  /** A request without a body. */
  public static String bare(String method, String path) {
    return method + " " + path + " HTTP/1.1\r\nHost: test\r\n\r\n";
  }
}
