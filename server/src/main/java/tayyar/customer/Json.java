package tayyar.customer;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.Money;
import tayyar.http.Document;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** An object of an answer, its members in their order. */
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build();

  private static final int OK = 200;

  private final Map<String, @Nullable Object> members = new LinkedHashMap<>();

  /** Adds a text, number, truth or list; null is null. */
  Json with(String name, @Nullable Object value) {
    members.put(name, value instanceof Json json ? json.members : value);
    return this;
  }

  /** Adds an amount, billionths of the currency, as a text with all its digits. */
  Json withText(String name, long nanos) {
    return with(name, Money.exact(nanos));
  }

  /** Adds the same as a number; null is null. */
  Json withNumber(String name, @Nullable Long nanos) {
    return with(name, nanos == null ? null : (Object) Money.number(nanos));
  }

  Map<String, @Nullable Object> members() {
    return members;
  }

  Document document() {
    return new Document(
        OK, Map.of("Content-Type", "application/json"), MAPPER.writeValueAsBytes(members));
  }

  /** This object as the only member {@code data} of the document, as OpenRouter has it. */
  Document data() {
    return new Json().with("data", this).document();
  }
}
