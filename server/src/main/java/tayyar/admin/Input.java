package tayyar.admin;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Clip;
import tayyar.api.Money;
import tayyar.api.Refused;
import tayyar.api.To;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A body's members, read one by one. What is no JSON object, is there twice, has a wrong type or is
 * known to nobody is refused with 400.
 */
final class Input {
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final JsonNode root;
  private final Set<String> known = new LinkedHashSet<>();

  private Input(JsonNode root) {
    this.root = root;
  }

  /** Reads a body; an empty one has no members. */
  static Input of(byte[] body) {
    JsonNode root = body.length == 0 ? JsonNodeFactory.instance.objectNode() : tree(body);
    if (!root.isObject()) {
      throw new Refused(new ApiError.InvalidJson("it has to be an object."));
    }
    return new Input(root);
  }

  private static JsonNode tree(byte[] body) {
    try {
      return STRICT.readTree(body);
    } catch (JacksonException e) {
      throw new Refused(new ApiError.InvalidJson("it cannot be read, or a member is there twice."));
    }
  }

  /** A text that has to be there. */
  String text(String name) {
    String text = textOr(name, null);
    if (text == null) {
      throw wrong(name, "is missing.");
    }
    return text;
  }

  /** A text, or what stands for none. */
  @Nullable String textOr(String name, @Nullable String otherwise) {
    JsonNode node = find(name);
    if (node == null) {
      return otherwise;
    }
    if (!node.isString()) {
      throw wrong(name, "must be a text.");
    }
    return node.asString();
  }

  /** A text that may be taken away by null. */
  @Nullable To<String> toText(String name) {
    return isNull(name) ? new To<>(null) : to(textOr(name, null));
  }

  @Nullable Boolean truth(String name) {
    JsonNode node = find(name);
    if (node != null && !node.isBoolean()) {
      throw wrong(name, "must be true or false.");
    }
    return node == null ? null : node.booleanValue();
  }

  @Nullable Integer number(String name) {
    JsonNode node = find(name);
    if (node != null && !(node.isIntegralNumber() && node.canConvertToInt())) {
      throw wrong(name, "must be a whole number, at most " + Integer.MAX_VALUE + ".");
    }
    return node == null ? null : node.intValue();
  }

  /** An amount of money in a text, as billionths of the currency, or what stands for none. */
  @Nullable Long amountOr(String name, @Nullable Long otherwise) {
    JsonNode node = find(name);
    if (node == null) {
      return otherwise;
    }
    if (!node.isString()) {
      throw wrong(name, "must be a text such as \"12.50\", so that no digit is lost.");
    }
    try {
      return Money.parse(node.asString());
    } catch (IllegalArgumentException e) {
      throw wrong(name, "is wrong: " + e.getMessage());
    }
  }

  /** An amount that has to be there. */
  long amount(String name) {
    Long amount = amountOr(name, null);
    if (amount == null) {
      throw wrong(name, "is missing.");
    }
    return amount;
  }

  /** A list of texts, which null takes away. */
  @Nullable To<List<String>> toTexts(String name) {
    if (isNull(name)) {
      return new To<>(null);
    }
    JsonNode node = find(name);
    if (node == null) {
      return null;
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode each : node) {
      if (!node.isArray() || !each.isString()) {
        throw wrong(name, "must be a list of texts, or null.");
      }
      texts.add(each.asString());
    }
    if (!node.isArray()) {
      throw wrong(name, "must be a list of texts, or null.");
    }
    return new To<>(List.copyOf(texts));
  }

  private static <T> @Nullable To<T> to(@Nullable T value) {
    return value == null ? null : new To<>(value);
  }

  private boolean isNull(String name) {
    JsonNode node = find(name);
    return node != null && node.isNull();
  }

  private @Nullable JsonNode find(String name) {
    known.add(name);
    return root.get(name);
  }

  /** Refuses members that nobody has read. */
  void done() {
    for (String name : root.propertyNames()) {
      if (!known.contains(name)) {
        throw wrong(
            name,
            known.isEmpty()
                ? "is unknown here; nothing is."
                : "is unknown here; known are " + String.join(", ", known) + ".");
      }
    }
  }

  static Refused wrong(String name, String detail) {
    return new Refused(new ApiError.InvalidValue(Clip.marked(100, name), detail));
  }
}
