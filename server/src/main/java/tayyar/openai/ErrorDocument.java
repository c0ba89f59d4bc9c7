package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a server says where it refuses or fails, in whatever form: OpenAI's envelope, that of vLLM
 * without one, Google's in an array, FastAPI's details, problem details (RFC 9457), a text. It
 * stands behind a head with an error's status or in an event of a stream.
 *
 * @param status what it says its HTTP status is, 400 to 599, in figures or by a word; 0 where it
 *     says none
 * @param message its words for people, or null; of any length, and with whatever stands in them
 * @param more what Google says in an error's details
 */
record ErrorDocument(
    int status,
    @Nullable String type,
    @Nullable String code,
    @Nullable String param,
    @Nullable String message,
    Details more) {
  private static final int DEPTH_MAX = 4;
  private static final int WORDS_MAX = 8;

  /** What FastAPI answers where it names the place of a fault. */
  private static final int UNPROCESSABLE = 422;

  private static final Pattern EVENT = Pattern.compile("\\A(?:event:.*\\R)?data: ?(.*)");

  /**
   * The parts of an error's details that change its meaning.
   *
   * @param keyRefused whether the key is not valid, whatever the status is: Google says 400
   * @param retryAfter the seconds after which to ask again, as a field of that name has them; or
   *     empty
   * @see <a
   *     href="https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto">Google,
   *     error details</a>
   */
  record Details(boolean keyRefused, String retryAfter) {
    static final Details NONE = new Details(false, "");

    private static final Pattern SECONDS = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{0,9})?)s");

    static Details of(JsonNode details) {
      boolean refused = false;
      String after = "";
      for (JsonNode one : details) {
        refused |= one.path("reason").asString("").equals("API_KEY_INVALID");
        Matcher delay = SECONDS.matcher(one.path("retryDelay").asString(""));
        after = delay.matches() ? delay.group(1) : after;
      }
      return refused || !after.isEmpty() ? new Details(refused, after) : NONE;
    }
  }

  /** It says nothing that anybody could read. */
  static final ErrorDocument NONE = new ErrorDocument(0, null, null, null, null, Details.NONE);

  /** Members with words for people; the first that has some is taken. */
  private static final List<String> MESSAGES =
      List.of(
          "message",
          "msg",
          "error_description",
          "error_message",
          "error_msg",
          "errorMessage",
          "detail",
          "faultstring",
          "fault",
          "error",
          "errors",
          "title");

  private static final List<String> CODES = List.of("code", "error_code");
  private static final List<String> TYPES = List.of("type", "error_type", "__type");
  private static final List<String> NUMBERS =
      List.of("code", "status", "status_code", "statusCode", "http_status", "http_code");

  /** Reads a body or the data of an event; what is not JSON is taken for a text. */
  static ErrorDocument read(byte[] bytes, int from, int to) {
    JsonNode root = json(bytes, from, to);
    if (root != null) {
      return read(root);
    }
    String text = new String(bytes, from, to - from, UTF_8).strip();
    Matcher event = EVENT.matcher(text);
    return event.find() ? ofEvent(event.group(1)) : text(text);
  }

  /** Some refuse with a status and an event, as if they had begun to answer. */
  private static ErrorDocument ofEvent(String data) {
    byte[] bytes = data.getBytes(UTF_8);
    JsonNode root = json(bytes, 0, bytes.length);
    return root == null ? text(data) : read(root);
  }

  /** The same of data that may be something else: null where it is no error's document. */
  static @Nullable ErrorDocument find(byte[] bytes, int from, int to) {
    JsonNode root = json(bytes, from, to);
    return root != null && isError(root) ? read(root) : null;
  }

  private static @Nullable JsonNode json(byte[] bytes, int from, int to) {
    try {
      return LooseJson.tree(bytes, from, to);
    } catch (JacksonException e) {
      return null;
    }
  }

  /** JSON that is broken is no text for people. */
  private static ErrorDocument text(String said) {
    boolean broken = said.startsWith("{") || said.startsWith("[");
    return said.isEmpty() || broken
        ? NONE
        : new ErrorDocument(0, null, null, null, said, Details.NONE);
  }

  /** Whether a member says something: not null, false, 0 and nothing that is empty. */
  static boolean says(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT, ARRAY -> !value.isEmpty();
      case STRING -> !value.asString().isBlank();
      case BOOLEAN -> value.asBoolean();
      case NUMBER -> value.asDouble() != 0;
      default -> false;
    };
  }

  /** A chunk is one only where it says so outright; what has no choices, also by its form. */
  private static boolean isError(JsonNode root) {
    if (root.isArray()) {
      return root.path(0).isObject() && isError(root.path(0));
    }
    if (!root.isObject() || says(root.path("error"))) {
      return root.isObject();
    }
    return !root.has("choices")
        && (root.path("object").asString("").equals("error")
            || root.path("type").asString("").equals("error")
            || says(root.path("errors"))
            || says(root.path("detail"))
            || isCoded(root));
  }

  /** A message with the code of a failure; without one it may be a sign of life. */
  private static boolean isCoded(JsonNode root) {
    if (!says(root.path("message")) && !says(root.path("msg"))) {
      return false;
    }
    String code = root.path("code").asString("").strip();
    boolean good = code.isEmpty() || code.matches("(?i)0|200|ok|success");
    return !good || number(root) > 0 || ErrorWords.status(root.path("status").asString("")) > 0;
  }

  /** Reads one that is known to be an error's. */
  static ErrorDocument read(JsonNode given) {
    JsonNode root = given.isArray() && given.path(0).isObject() ? given.path(0) : given;
    JsonNode inner = inner(root);
    boolean placed = inner.path("loc").isArray();
    int status = status(inner, root);
    return new ErrorDocument(
        placed && status == 0 ? UNPROCESSABLE : status,
        placed ? null : first(TYPES, inner, root),
        first(placed ? TYPES : CODES, inner, root),
        param(inner, root),
        message(root),
        Details.of(inner.path("details")));
  }

  /** The object that tells of the error: often a member. */
  private static JsonNode inner(JsonNode root) {
    for (String name : List.of("error", "errors", "detail", "fault")) {
      JsonNode value = root.path(name);
      JsonNode one = value.isArray() ? value.path(0) : value;
      if (one.isObject() && !one.isEmpty()) {
        return one;
      }
    }
    return root;
  }

  private static int status(JsonNode inner, JsonNode root) {
    int number = number(inner);
    number = number > 0 ? number : number(root);
    return number > 0 ? number : ofWords(inner, root);
  }

  private static int number(JsonNode of) {
    for (String name : NUMBERS) {
      String value = of.path(name).asString("").strip();
      if (value.matches("[45][0-9][0-9]")) {
        return Integer.parseInt(value);
      }
    }
    return 0;
  }

  /** A code says more than a type, and what is further inside more than what is around it. */
  private static int ofWords(JsonNode inner, JsonNode root) {
    for (List<String> names : List.of(CODES, List.of("status"), TYPES, List.of("error"))) {
      for (JsonNode of : List.of(inner, root)) {
        for (String name : names) {
          int status = ErrorWords.status(of.path(name).asString(""));
          if (status > 0) {
            return status;
          }
        }
      }
    }
    return 0;
  }

  /** A type that says no more than that this is an error is none. */
  private static @Nullable String first(List<String> names, JsonNode inner, JsonNode root) {
    for (JsonNode of : List.of(inner, root)) {
      for (String name : names) {
        JsonNode value = of.path(name);
        String text = value.isString() || value.isNumber() ? value.asString().strip() : "";
        if (!text.isEmpty() && !text.equals("error") && !text.equals("about:blank")) {
          return text;
        }
      }
    }
    return null;
  }

  private static @Nullable String param(JsonNode inner, JsonNode root) {
    for (JsonNode of : List.of(inner, root)) {
      String param = of.path("param").asString("").strip();
      param = param.isEmpty() ? place(of) : param;
      if (!param.isEmpty()) {
        return param;
      }
    }
    return null;
  }

  /** Where FastAPI found the fault: {@code ["body","messages",0]} is {@code messages.0}. */
  private static String place(JsonNode entry) {
    List<String> steps = new ArrayList<>();
    for (JsonNode step : entry.path("loc")) {
      steps.add(step.asString(""));
    }
    if (!steps.isEmpty() && steps.getFirst().equals("body")) {
      steps.removeFirst();
    }
    return String.join(".", steps);
  }

  private static @Nullable String message(JsonNode root) {
    JsonNode error = root.path("error");
    String words = error.isContainer() ? words(error, DEPTH_MAX) : "";
    words = words.isEmpty() ? words(root, DEPTH_MAX) : words;
    return words.isEmpty() ? null : words;
  }

  private static String words(JsonNode node, int depth) {
    if (node.isString()) {
      return node.asString().strip();
    }
    if (depth == 0 || !node.isContainer()) {
      return "";
    }
    return node.isArray() ? ofEach(node, depth) : ofObject(node, depth);
  }

  private static String ofEach(JsonNode array, int depth) {
    Set<String> all = new LinkedHashSet<>();
    for (JsonNode one : array) {
      String words = words(one, depth - 1);
      if (!words.isEmpty() && all.size() < WORDS_MAX) {
        all.add(words);
      }
    }
    return String.join("; ", all);
  }

  private static String ofObject(JsonNode object, int depth) {
    for (String name : MESSAGES) {
      String words = words(object.path(name), depth - 1);
      if (!words.isEmpty()) {
        String place = place(object);
        return place.isEmpty() ? words : place + ": " + words;
      }
    }
    return "";
  }
}
