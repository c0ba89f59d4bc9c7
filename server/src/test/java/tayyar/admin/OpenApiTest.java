package tayyar.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tayyar.accounts.AdminTokens;
import tayyar.accounts.AdminTokens.Role;
import tayyar.store.Store;
import tayyar.testing.Response;
import tayyar.testing.Stores;
import tayyar.testing.TestFleet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The description says what the routes do: the same paths, and answers as its schemas have them.
 */
@Tag("socket")
final class OpenApiTest {
  private static final JsonNode DOCUMENT = document();

  /** The pages that the address has besides, for tools that know them. */
  private static final Set<String> PAGES =
      Set.of("GET /metrics", "GET /healthz", "GET /readyz", "POST /reload");

  private static JsonNode document() {
    try (var in = Control.class.getResourceAsStream("openapi.json")) {
      return JsonMapper.shared().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void allThatIsServedIsDescribedAndNothingElse() throws Exception {
    try (TestFleet fleet = TestFleet.pair("", "")) {
      Set<String> served = new TreeSet<>(PAGES);
      DOCUMENT
          .path("paths")
          .properties()
          .forEach(
              path ->
                  path.getValue()
                      .propertyNames()
                      .forEach(
                          method ->
                              served.add(
                                  method.toUpperCase(Locale.ROOT) + " /admin/v1" + path.getKey())));
      assertThat(fleet.adminOperations().stream().map(each -> each.replace("*}", "}")))
          .containsExactlyInAnyOrderElementsOf(served);
    }
  }

  /** Each operation is asked once at least, and each answer is what the schema says. */
  @Test
  void realAnswersAreAsDescribed() throws Exception {
    Set<String> checked = new TreeSet<>();
    try (TestFleet fleet = TestFleet.pair("tokens=5", "tokens=5");
        Store store = Stores.open(fleet.database())) {
      var tokens = new AdminTokens(store.dataSource(), "test");
      String secret = tokens.create("owner", Role.OWNER).secret();
      Response row = fleet.stream("hi");
      fleet.row(row);
      try (Operator owner = new Operator(fleet.admin(), secret)) {
        for (String[] ask : asks(row.field("X-Request-Id"))) {
          Operator.Answer answer = owner.ask(ask[0], ask[2], ask[3]);
          assertThat(answer.status()).as(answer.response().body()).isLessThan(300);
          check(ask[0], ask[1], answer);
          checked.add(ask[1] + " " + ask[0]);
        }
        check("get", "/organisations/{id}", owner.get("/organisations/nobody").is(404));
        assertThat(owner.get("/openapi.json").is(200).json()).isEqualTo(DOCUMENT);
      }
    }
    assertThat(checked).hasSize(operations());
  }

  private static int operations() {
    int count = -1; // the document itself has no schema
    for (JsonNode path : DOCUMENT.path("paths")) {
      count += path.size();
    }
    return count;
  }

  private static List<String[]> asks(String request) {
    List<String[]> all = new ArrayList<>();
    String org = "/organisations";
    all.add(ask("PUT", "/currency", "/currency", "{\"currency\":\"EGP\"}"));
    all.add(ask("GET", "/currency", "/currency", ""));
    all.add(ask("POST", org, org, "{\"name\":\"o\",\"pays\":true}"));
    all.add(ask("GET", org, org, ""));
    all.add(ask("GET", org + "/{id}", org + "/o", ""));
    all.add(ask("PUT", "/plans/{name}", "/plans/p", "{\"models\":[\"pair\"]}"));
    all.add(ask("GET", "/plans/{name}", "/plans/p", ""));
    all.add(ask("GET", "/plans", "/plans", ""));
    all.add(ask("PATCH", org + "/{id}", org + "/o", "{\"plan\":\"p\",\"suspended\":true}"));
    all.add(ask("POST", "/projects", "/projects", "{\"organisation\":\"o\",\"name\":\"s\"}"));
    all.add(ask("GET", "/projects", "/projects?organisation=o", ""));
    all.add(ask("GET", "/projects/{id}", "/projects/o/s", ""));
    String key = "{\"name\":\"k\",\"project\":\"o/s\",\"models\":[\"pair\"]}";
    all.add(ask("POST", "/keys", "/keys", key));
    all.add(ask("GET", "/keys", "/keys", ""));
    all.add(ask("GET", "/keys/{id}", "/keys/k", ""));
    all.add(ask("PATCH", "/keys/{id}", "/keys/k", "{\"expires\":\"2999-01-01T00:00:00Z\"}"));
    all.add(ask("POST", "/keys/{id}/revoke", "/keys/k/revoke", ""));
    String limit = "{\"tokens_per_minute\":7,\"spend_per_month\":\"1.5\"}";
    all.add(ask("PATCH", "/limits/{of}/{name}", "/limits/organisation/o", limit));
    all.add(ask("GET", "/limits", "/limits", ""));
    String price = "{\"model\":\"pair\",\"input\":\"1\",\"output\":\"2.5\"}";
    all.add(ask("POST", "/prices", "/prices", price));
    all.add(ask("GET", "/prices", "/prices?model=pair", ""));
    String movements = "/balances/{organisation}/movements";
    String movement = "{\"kind\":\"correction\",\"amount\":\"-0.5\"}";
    all.add(ask("POST", movements, "/balances/o/movements", movement));
    all.add(ask("GET", movements, "/balances/o/movements", ""));
    all.add(ask("GET", "/balances", "/balances", ""));
    all.add(ask("GET", "/balances/{organisation}", "/balances/o", ""));
    for (String by : List.of("day", "key", "project", "model")) {
      all.add(ask("GET", "/usage", "/usage?by=" + by, ""));
    }
    all.add(ask("GET", "/requests", "/requests", ""));
    all.add(ask("GET", "/requests/{id}", "/requests/" + request, ""));
    all.add(ask("GET", "/models", "/models", ""));
    all.add(ask("GET", "/targets", "/targets", ""));
    String target = "{\"model\":\"pair\",\"target\":\"t0\"}";
    all.add(ask("POST", "/targets/drain", "/targets/drain", target));
    all.add(ask("POST", "/targets/restore", "/targets/restore", target));
    String token = "{\"name\":\"t\",\"role\":\"read-only\"}";
    all.add(ask("POST", "/admin-tokens", "/admin-tokens", token));
    all.add(ask("GET", "/admin-tokens", "/admin-tokens", ""));
    all.add(ask("POST", "/admin-tokens/{id}/revoke", "/admin-tokens/t/revoke", ""));
    all.add(ask("GET", "/audit", "/audit", ""));
    all.add(ask("GET", org + "/{id}/export", org + "/o/export", ""));
    String deletion = "{\"name\":\"o\",\"with_balance\":true}";
    all.add(ask("POST", org + "/{id}/delete", org + "/o/delete", deletion));
    return all;
  }

  private static String[] ask(String... words) {
    return words;
  }

  private static void check(String method, String path, Operator.Answer answer) {
    JsonNode responses =
        DOCUMENT.path("paths").path(path).path(method.toLowerCase(Locale.ROOT)).path("responses");
    JsonNode response = at(responses.path("" + answer.status()));
    JsonNode schema = response.path("content").path("application/json").path("schema");
    String where = method + " " + path + " " + answer.status();
    assertThat(schema.isMissingNode()).as(where).isFalse();
    check(where, schema, answer.json());
  }

  /** Follows a reference within the document. */
  private static JsonNode at(JsonNode node) {
    String ref = node.path("$ref").asString("");
    return ref.isEmpty() ? node : DOCUMENT.at(ref.substring(1));
  }

  /** What the document uses of JSON Schema: it may use nothing else. */
  private static void check(String where, JsonNode given, JsonNode value) {
    JsonNode schema = at(given);
    assertThat(schema.propertyNames())
        .as(where)
        .isSubsetOf(
            "$ref",
            "type",
            "description",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "enum",
            "const",
            "pattern",
            "format",
            "minimum",
            "maximum",
            "minLength",
            "maxLength",
            "default");
    List<String> types = new ArrayList<>();
    JsonNode type = schema.path("type");
    if (type.isArray()) {
      type.forEach(each -> types.add(each.asString()));
    } else if (type.isString()) {
      types.add(type.asString());
    }
    if (!types.isEmpty()) {
      assertThat(types).as(where + ": " + value).contains(type(value));
    }
    if (schema.has("enum")) {
      assertThat(schema.path("enum").valueStream()).as(where).contains(value);
    }
    if (schema.has("const")) {
      assertThat(value).as(where).isEqualTo(schema.path("const"));
    }
    if (value.isString() && schema.has("pattern")) {
      assertThat(value.asString()).as(where).containsPattern(schema.path("pattern").asString());
    }
    if (value.isString() && schema.path("format").asString("").equals("date-time")) {
      assertThat(Instant.parse(value.asString())).as(where).isNotNull();
    }
    if (value.isArray()) {
      value.forEach(each -> check(where + "[]", schema.path("items"), each));
    }
    if (value.isObject() && schema.has("properties")) {
      members(where, schema, value);
    }
  }

  private static void members(String where, JsonNode schema, JsonNode value) {
    assertThat(value.propertyNames())
        .as(where)
        .isSubsetOf(schema.path("properties").propertyNames());
    List<String> required = new ArrayList<>();
    schema.path("required").forEach(each -> required.add(each.asString()));
    assertThat(value.propertyNames()).as(where).containsAll(required);
    value
        .properties()
        .forEach(
            each ->
                check(
                    where + "." + each.getKey(),
                    schema.path("properties").path(each.getKey()),
                    each.getValue()));
  }

  private static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case NULL -> "null";
      case BOOLEAN -> "boolean";
      case STRING -> "string";
      case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
      case ARRAY -> "array";
      default -> "object";
    };
  }
}
