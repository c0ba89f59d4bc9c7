package tayyar.openai;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import tayyar.api.ApiError;
import tayyar.api.Refused;
import tayyar.dialect.BodyWriter.Form;
import tayyar.wire.Ascii;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Bodies of other dialects as trees, from which the body of a chat is made. */
public final class JsonBody {
  /**
   * What was read, which is nested at most 500 deep, is written within something else. No more is
   * read than that.
   */
  private static final StreamWriteConstraints DEEPER =
      StreamWriteConstraints.builder()
          .maxNestingDepth(2 * StreamReadConstraints.DEFAULT_MAX_DEPTH)
          .build();

  /** Numbers stay what they are, to the last digit. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder(JsonFactory.builder().streamWriteConstraints(DEEPER).build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /** A body that becomes a tree, and then that of a chat, takes up to three times as long. */
  public static final int AT_ONCE_BYTES = 20 * 1024;

  /** More than any conversation has; in memory each takes up to fifty bytes. */
  private static final int VALUES_MAX = 200_000;

  private static final byte[] HALF = Ascii.bytes("\\ufffd");

  private JsonBody() {}

  /**
   * Reads a body.
   *
   * @throws Refused where it is no JSON object, or has too many values
   */
  public static ObjectNode read(byte[] body) {
    if (body.length > VALUES_MAX && Values.count(body, ",[{") > VALUES_MAX) {
      throw new Refused(new ApiError.InvalidJson("it has more than " + VALUES_MAX + " values."));
    }
    try (JsonParser parser = Values.parser(body)) {
      JsonNode root = MAPPER.reader().readTree(parser);
      if (root instanceof ObjectNode object && parser.nextToken() == null) {
        return object;
      }
      throw new Refused(new ApiError.InvalidJson("it is not one object."));
    } catch (JacksonException e) {
      throw new Refused(new ApiError.InvalidJson(Values.where(e)));
    } catch (NumberFormatException e) {
      // The library lets it out as it is, where no int holds a number's exponent.
      throw new Refused(new ApiError.InvalidJson("it has a number that is too large."));
    }
  }

  /**
   * Returns a body of which some members have other values, and all else stands as it is.
   *
   * @param body one object
   * @param values JSON by name; what the body lacks is put in front
   */
  public static byte[] with(byte[] body, Map<String, byte[]> values) {
    var spans = new TreeMap<Integer, Map.Entry<Span, byte[]>>();
    var absent = new LinkedHashMap<>(values);
    int open;
    try (JsonParser p = Values.parser(body)) {
      open =
          Values.members(
              p,
              (name, _) -> {
                var span = new Span();
                span.around(p, p::skipChildren);
                byte[] value = absent.remove(name);
                if (value != null) {
                  spans.put(span.from, Map.entry(span, value));
                }
              });
    }
    var out = new ByteArrayOutputStream(body.length + 64);
    out.write(body, 0, open);
    absent.forEach((name, value) -> out.writeBytes(member(name, value)));
    int at = open;
    for (Map.Entry<Span, byte[]> each : spans.values()) {
      out.write(body, at, each.getKey().from - at);
      out.writeBytes(each.getValue());
      at = each.getKey().to;
    }
    out.write(body, at, body.length - at);
    return out.toByteArray();
  }

  /**
   * Returns what a target of the client's own language is asked: all stands as it is, but for the
   * model's name and the form of the answer.
   */
  public static byte[] asked(byte[] body, String model, Form form) {
    var values = new LinkedHashMap<String, byte[]>();
    values.put("model", bytes(string(model)));
    if (form != Form.COUNT) {
      values.put("stream", Ascii.bytes(form.streams() ? "true" : "false"));
    }
    return with(body, values);
  }

  private static byte[] member(String name, byte[] value) {
    var member = new ByteArrayOutputStream(name.length() + value.length + 4);
    member.writeBytes(bytes(string(name)));
    member.write(':');
    member.writeBytes(value);
    member.write(',');
    return member.toByteArray();
  }

  /** Returns an empty object. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Returns an empty array. */
  public static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  /** Returns a string. */
  public static JsonNode string(String text) {
    return MAPPER.getNodeFactory().stringNode(text);
  }

  /** Returns the bytes of a tree, on one line; U+FFFD stands for each half of a character. */
  public static byte[] bytes(JsonNode node) {
    byte[] json = MAPPER.writeValueAsBytes(node);
    for (int at = 0; at < json.length - 5; at++) {
      if (json[at] == '\\') {
        // Whole pairs are written as they are, so the escape of a surrogate is that of a half.
        if (json[at + 1] == 'u' && (json[at + 2] | 0x20) == 'd' && json[at + 3] >= '8') {
          System.arraycopy(HALF, 0, json, at, HALF.length);
        }
        at++;
      }
    }
    return json;
  }

  /** Returns the error for a value that can't be. */
  public static Refused wrong(String where, String detail) {
    return new Refused(new ApiError.InvalidValue(where, detail));
  }
}
