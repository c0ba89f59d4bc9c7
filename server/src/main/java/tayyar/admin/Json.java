package tayyar.admin;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tayyar.api.Money;
import tayyar.http.Document;
import tools.jackson.databind.json.JsonMapper;

/** An object of an answer: members in their order, times as RFC 3339, amounts as texts. */
final class Json {
  private static final int OK = 200;
  private static final int CREATED = 201;

  private final Map<String, @Nullable Object> members = new LinkedHashMap<>();

  /** Adds a text, number, truth, list or tree; null is null. */
  Json with(String name, @Nullable Object value) {
    members.put(name, value);
    return this;
  }

  Json with(String name, @Nullable Instant time) {
    return with(name, time == null ? null : (Object) time.toString());
  }

  /** Adds an amount, billionths of the currency, with all its digits. */
  Json withMoney(String name, @Nullable Long nanos) {
    return with(name, nanos == null ? null : (Object) Money.exact(nanos));
  }

  Document document() {
    return document(OK);
  }

  /** The answer to what has made something. */
  Document created() {
    return document(CREATED);
  }

  Document document(int status) {
    return document(status, members);
  }

  static Document document(int status, Object tree) {
    return new Document(
        status,
        Map.of("Content-Type", "application/json"),
        JsonMapper.shared().writeValueAsBytes(tree));
  }

  /**
   * One page of a list.
   *
   * @param next the cursor of the next page, or null
   */
  static Document page(List<Json> data, @Nullable String next) {
    return new Json()
        .with("object", "list")
        .with("data", data.stream().map(each -> each.members).toList())
        .with("has_more", next != null)
        .with("next", next)
        .document();
  }
}
