package tayyar.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tayyar.docs.Docs;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers of the API's listener as {@code openapi.json} has them: status, header fields, media
 * type, and the body or each event. Members that a schema does not name are a fault here, but where
 * it says that there may be more.
 */
final class Described {
  private static final JsonNode DOCUMENT = document();
  private static final SchemaRegistry JUDGE =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();

  /** Of every method and path: the request never came so far that it has an operation. */
  private static final Set<Integer> OF_ALL = Set.of(400, 404, 405, 408, 413, 431, 500, 501, 503);

  /** The fields that clients look at; each that comes has to be described. */
  private static final Pattern TOLD =
      Pattern.compile("(?i)x-(?!accel|content).*|retry-after|allow");

  /** What was asked for. */
  record Asked(String method, String path) {}

  private Described() {}

  static JsonNode document() {
    try (var in = Docs.class.getResourceAsStream("openapi.json")) {
      return JsonMapper.shared().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether an answer is the API's: pages of any origin may read it, and it has an id. */
  static boolean isOfApi(RawHttp.Head head) {
    return head.fields("Access-Control-Allow-Origin").equals(List.of("*"))
        && head.has("X-Request-Id");
  }

  /**
   * Fails where an answer is not as described.
   *
   * @param asked method and path of its request; null where it was none that can be read
   */
  static void check(@Nullable Asked asked, Response response) {
    if (asked == null && !OF_ALL.contains(response.status())) {
      return;
    }
    String where = asked + " " + response.status() + " " + response.head().fields();
    String at = pointer(asked, response.status());
    JsonNode described = DOCUMENT.at(at);
    if (asked != null && asked.method().equals("OPTIONS") && response.status() == 200) {
      return; // Said of all paths in a sentence.
    }
    assertThat(described.isMissingNode()).as("undescribed: " + where).isFalse();
    fields(where, described.path("headers"), response.head());
    if (response.status() == 304) {
      return;
    }
    String type = response.field("Content-Type").replaceAll(";.*", "");
    JsonNode content = described.path("content").path(type);
    assertThat(content.isMissingNode()).as("an undescribed type: " + where).isFalse();
    String media = at + "/content/" + type.replace("/", "~1");
    if (type.equals("text/event-stream")) {
      events(where, media + "/x-events", response.text());
    } else if (type.equals("application/json")) {
      valid(where, media + "/schema", response.text());
    }
  }

  /** Where the status of an operation, or of any request at all, is described. */
  private static String pointer(@Nullable Asked asked, int status) {
    String ofAll = OF_ALL.contains(status) ? "/components/responses/E" + status : "/nowhere";
    if (asked == null) {
      return ofAll;
    }
    String operations = "/paths/" + place(asked.path()).replace("/", "~1");
    String method = asked.method().equals("HEAD") ? "get" : asked.method().toLowerCase(Locale.ROOT);
    String responses = operations + "/" + method + "/responses";
    if (DOCUMENT.at(responses).isMissingNode()) {
      JsonNode post = DOCUMENT.at(operations + "/post/responses/400/$ref");
      boolean messages = status != 404 && post.asString("").contains("/Messages");
      return messages ? "/components/responses/MessagesError" : ofAll;
    }
    String its = responses + "/" + status;
    String ref = DOCUMENT.at(its + "/$ref").asString("");
    return ref.isEmpty() ? its : ref.substring(1);
  }

  /** The described path that a path is an instance of. */
  private static String place(String path) {
    JsonNode paths = DOCUMENT.path("paths");
    if (paths.has(path)) {
      return path;
    }
    for (String each : paths.propertyNames()) {
      String segments = each.replaceAll("\\{[^}]*}", "[^/?]+");
      if (path.replaceAll("\\?.*", "").matches(segments)) {
        return each;
      }
    }
    for (String each : paths.propertyNames()) {
      int open = each.indexOf('{');
      if (open > 0 && path.startsWith(each.substring(0, open)) && path.length() > open) {
        return each;
      }
    }
    return "";
  }

  /** The document's spelling of a name; HTTP/2 has small letters alone. */
  private static String spelt(String name, JsonNode described) {
    boolean small = name.equals(name.toLowerCase(Locale.ROOT));
    return described.propertyNames().stream()
        .filter(each -> small ? each.equalsIgnoreCase(name) : each.equals(name))
        .findFirst()
        .orElse("");
  }

  private static void fields(String where, JsonNode described, RawHttp.Head head) {
    for (String field : head.fields()) {
      String name = field.substring(0, field.indexOf(':'));
      if (!TOLD.matcher(name).matches()) {
        continue;
      }
      JsonNode its = described.path(spelt(name, described));
      assertThat(its.isMissingNode()).as("an undescribed field " + name + ": " + where).isFalse();
      JsonNode schema = DOCUMENT.at(its.path("$ref").asString().substring(1)).path("schema");
      String value = head.field(name);
      boolean number = schema.path("type").asString().equals("integer");
      String json = number ? value : JsonMapper.shared().writeValueAsString(value);
      valid(where, its.path("$ref").asString().substring(1) + "/schema", json);
    }
    described
        .properties()
        .forEach(
            each -> {
              JsonNode its = DOCUMENT.at(each.getValue().path("$ref").asString().substring(1));
              if (its.path("required").asBoolean(false)) {
                assertThat(head.has(each.getKey())).as(each.getKey() + " of " + where).isTrue();
              }
            });
  }

  private static void events(String where, String pointer, String body) {
    String end = DOCUMENT.at(pointer + "/end").asString("");
    boolean over = false;
    for (String line : body.split("\n", -1)) {
      if (!line.startsWith("data: ")) {
        continue;
      }
      assertThat(over).as("data behind the end: " + where).isFalse();
      String data = line.substring("data: ".length());
      over = !end.isEmpty() && data.equals(end);
      if (!over) {
        valid(where, pointer + "/data", data);
      }
    }
  }

  private static void valid(String where, String pointer, String json) {
    Schema schema = SCHEMAS.computeIfAbsent(pointer, Described::schema);
    assertThat(schema.validate(json, InputFormat.JSON)).as("%s: %s", where, json).isEmpty();
  }

  /** A schema within the document, as one that stands by itself. */
  private static Schema schema(String pointer) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.set("components", closed(DOCUMENT.path("components").deepCopy()));
    root.set("paths", closed(DOCUMENT.path("paths").deepCopy()));
    root.put("$ref", "#" + pointer);
    return JUDGE.getSchema(root.toString(), InputFormat.JSON);
  }

  private static JsonNode closed(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.path("properties").isObject()
        && object.path("type").isString()
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    node.forEach(Described::closed);
    return node;
  }
}
