package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.accounts.AccountStore;
import tayyar.accounts.LimitStore;
import tayyar.accounts.Movements;
import tayyar.accounts.Movements.Kind;
import tayyar.accounts.Reconciliation;
import tayyar.api.Limits;
import tayyar.api.Money;
import tayyar.api.Scope.Level;
import tayyar.keys.KeyStore;
import tayyar.store.Store;
import tayyar.testing.LedgerRow;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.Stores;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;

/**
 * What whoever holds a key sees of its organisation's account, and that nobody sees another's. A
 * token read costs one billionth, a token written two.
 */
class CustomersTest {
  private static final String NILE = "النيل";
  private static final ZoneId CAIRO = ZoneId.of("Africa/Cairo");
  private static final long READ = 1;
  private static final long WRITTEN = 2;
  private static final long MILLION = 1_000_000;

  private final TestFleet fleet;
  private final Store store;
  private final AccountStore accounts;
  private final Movements movements;
  private final KeyStore keys;
  private final KeyStore.Issued nile;
  private final KeyStore.Issued delta;

  CustomersTest() throws IOException {
    fleet = TestFleet.pair("tokens=5");
    store = Stores.open(fleet.database());
    accounts = new AccountStore(store.dataSource());
    movements = new Movements(store.dataSource());
    keys = new KeyStore(store.dataSource());
    accounts.setPrice(
        TestFleet.MODEL,
        READ * MILLION,
        READ * MILLION,
        READ * MILLION,
        WRITTEN * MILLION,
        0,
        null);
    nile = organisation(NILE);
    delta = organisation("delta");
    known();
  }

  @AfterEach
  void close() {
    assertThat(Reconciliation.of(store.dataSource()).told()).isEmpty();
    store.close();
    fleet.close();
  }

  /** An organisation that pays, and a key of it. */
  private KeyStore.Issued organisation(String name) {
    accounts.createOrganisation(name, null, true, CAIRO);
    return keyOf(name, "مفتاح " + name);
  }

  private KeyStore.Issued keyOf(String organisation, String name) {
    return keys.create(
        name, 100_000, new KeyStore.Terms(accounts.project(organisation).id(), null, null));
  }

  private void moves(String name, Kind kind, long amount) {
    movements.add(accounts.organisation(name).id(), kind, amount, "", null, "test");
  }

  /** What was written before is known to the gateway: a key that is made now is, too. */
  private void known() throws IOException {
    fleet.newKey();
  }

  private Response get(KeyStore.Issued key, String path, String fields) throws IOException {
    return fleet.send(
        "GET "
            + path
            + " HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer "
            + key.secret()
            + "\r\n"
            + fields
            + "\r\n");
  }

  private Response get(KeyStore.Issued key, String path) throws IOException {
    return get(key, path, "");
  }

  private JsonNode json(KeyStore.Issued key, String path) throws IOException {
    Response response = get(key, path);
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    assertThat(response.field("Content-Type")).isEqualTo("application/json");
    return response.json();
  }

  private Response ask(KeyStore.Issued key, String words, boolean stream) throws IOException {
    var body = Requests.chat(TestFleet.MODEL, "[[" + words + "]]", stream);
    return fleet.send(Requests.post(key.secret(), body.toString()));
  }

  private static long cost(LedgerRow row) {
    return READ * row.promptTokens() + WRITTEN * row.completionTokens();
  }

  private static void assertError(Response response, int status, String code) {
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.error().path("code").asString()).isEqualTo(code);
  }

  private static List<String> names(JsonNode object) {
    return new ArrayList<>(object.propertyNames());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/balance", "/user/balance"})
  void aBalanceHasTheFormOfDeepSeek(String path) throws IOException {
    moves(NILE, Kind.TOP_UP, 500 * Money.NANOS);
    moves(NILE, Kind.GRANT, Money.NANOS / 2);
    known();
    JsonNode json = json(nile, path);
    assertThat(names(json)).containsExactly("is_available", "balance_infos", "unlimited", "as_of");
    assertThat(json.path("is_available").asBoolean()).isTrue();
    assertThat(json.path("unlimited").asBoolean()).isFalse();
    assertThat(json.path("balance_infos").toString())
        .isEqualTo(
            """
            [{"currency":"EGP","total_balance":"500.5","granted_balance":"0.5",\
            "topped_up_balance":"500","held_balance":"0"}]""");
    assertThat(json(delta, path).at("/balance_infos/0/total_balance").asString()).isEqualTo("0");
    assertThat(json(delta, path).path("is_available").asBoolean()).isFalse();
  }

  @Test
  void grantsAreUsedFirstAndADebtIsNotHidden() throws IOException {
    moves(NILE, Kind.GRANT, 20);
    moves(NILE, Kind.TOP_UP, 10_000);
    known();
    long cost = cost(fleet.row(ask(nile, "tokens=9", true)));
    JsonNode info = json(nile, "/v1/balance").path("balance_infos").path(0);
    assertThat(info.path("granted_balance").asString())
        .isEqualTo(Money.exact(20 - Math.min(20, cost)));
    assertThat(info.path("total_balance").asString()).isEqualTo(Money.exact(10_020 - cost));

    moves(NILE, Kind.CORRECTION, -20_000);
    known();
    JsonNode json = json(nile, "/v1/balance");
    assertThat(json.path("is_available").asBoolean()).isFalse();
    assertThat(json.at("/balance_infos/0/total_balance").asString())
        .isEqualTo(Money.exact(-9_980 - cost));
    assertThat(json.at("/balance_infos/0/granted_balance").asString()).isEqualTo("0");
  }

  /** A running stream holds a part of the balance, which is there again at its end. */
  @Test
  void whatARunningStreamHoldsIsNotThere() throws IOException {
    moves(NILE, Kind.TOP_UP, MILLION);
    known();
    try (var client = fleet.connect()) {
      var body = Requests.chat(TestFleet.MODEL, "[[tokens=9 hold@4]]", true).toString();
      client.send(Requests.post(nile.secret(), body));
      var upstream = fleet.simulator(0).next(TestGateway.SOON);
      upstream.awaitHeld(TestGateway.SOON);
      JsonNode info = json(nile, "/v1/balance").path("balance_infos").path(0);
      long held = Money.parse(info.path("held_balance").asString());
      assertThat(held).isPositive();
      assertThat(info.path("total_balance").asString()).isEqualTo(Money.exact(MILLION - held));
      assertThat(json(nile, "/v1/credits").at("/data/total_usage").asString()).isEqualTo("0");
      client.reset();
      upstream.awaitEnd(TestGateway.SOON);
    }
    long cost = cost(fleet.rowOfWhoLeft());
    JsonNode info = json(nile, "/v1/balance").path("balance_infos").path(0);
    assertThat(info.path("held_balance").asString()).isEqualTo("0");
    assertThat(info.path("total_balance").asString()).isEqualTo(Money.exact(MILLION - cost));
  }

  @Test
  void whoPaysNothingHasNoLimit() throws IOException {
    KeyStore.Issued free = keyOf("default", "free");
    known();
    assertThat(ask(free, "tokens=2", true).status()).isEqualTo(200);
    JsonNode balance = json(free, "/v1/balance");
    assertThat(balance.path("is_available").asBoolean()).isTrue();
    assertThat(balance.path("unlimited").asBoolean()).isTrue();
    JsonNode key = json(free, "/v1/key").path("data");
    for (String none : List.of("limit", "limit_remaining", "limit_reset", "expires_at")) {
      assertThat(key.path(none).isNull()).as(none).isTrue();
    }
    assertThat(key.path("usage").asInt()).isZero();
    assertThat(json(free, "/v1/credits").at("/data/total_credits").asInt()).isZero();
    assertThat(json(free, "/dashboard/billing/subscription").path("hard_limit_usd").asLong())
        .isEqualTo(100_000_000);
  }

  /** The members are those that OpenRouter's own client wants. */
  @Test
  void aKeyTellsItsLimitAndItsUse() throws IOException {
    moves(NILE, Kind.TOP_UP, MILLION);
    var limits = new LimitStore(store.dataSource());
    limits.change(
        Level.KEY,
        nile.key().id(),
        was -> new Limits(was.requestsPerMinute(), 0, 0, 0, 5_000, 100_000));
    KeyStore.Issued other = keyOf(NILE, "");
    known();
    long cost = cost(fleet.row(ask(nile, "tokens=9", true)));
    long others = cost(fleet.row(ask(other, "tokens=3", true)));

    JsonNode json = json(nile, "/v1/key");
    assertThat(names(json)).containsExactly("data");
    JsonNode data = json.path("data");
    assertThat(data.path("label").asString()).isEqualTo("مفتاح " + NILE);
    assertThat(get(nile, "/v1/key").text()).contains("\"limit\":0.0001,");
    assertThat(data.path("limit_reset").asString()).isEqualTo("monthly");
    assertThat(data.path("limit_remaining").decimalValue())
        .isEqualByComparingTo(Money.number(5_000 - cost));
    for (String sum : List.of("usage", "usage_daily", "usage_weekly", "usage_monthly")) {
      assertThat(data.path(sum).decimalValue()).as(sum).isEqualByComparingTo(Money.number(cost));
    }
    assertThat(names(data))
        .contains("byok_usage", "byok_usage_monthly", "include_byok_in_limit", "is_free_tier")
        .contains("is_provisioning_key", "rate_limit", "expires_at", "currency");
    assertThat(names(data.path("rate_limit"))).containsExactly("requests", "interval", "note");
    assertThat(data.path("is_free_tier").asBoolean()).isFalse();

    JsonNode second = json(other, "/v1/key").path("data");
    assertThat(second.path("label").asString()).isEqualTo(other.key().hint());
    assertThat(second.path("usage").decimalValue()).isEqualByComparingTo(Money.number(others));
    JsonNode credits = json(other, "/v1/credits").path("data");
    assertThat(credits.path("total_usage").decimalValue())
        .isEqualByComparingTo(Money.number(cost + others));
    assertThat(credits.path("currency").asString()).isEqualTo("EGP");
  }

  @Test
  void aRequestIsFoundByTheIdOfItsAnswerAndByItsOwn() throws IOException {
    moves(NILE, Kind.TOP_UP, MILLION);
    known();
    Response answer = ask(nile, "tokens=9", false);
    LedgerRow row = fleet.row(answer);
    String id = answer.json().path("id").asString();
    assertThat(id).startsWith("chatcmpl-");
    JsonNode data = json(nile, "/v1/generation?id=" + id).path("data");
    assertThat(data.path("id").asString()).isEqualTo(id);
    assertThat(data.path("request_id").asString()).isEqualTo(row.requestId());
    assertThat(data.path("model").asString()).isEqualTo(TestFleet.MODEL);
    assertThat(data.path("provider_name").asString()).isEqualTo("t0");
    assertThat(data.path("streamed").asBoolean(true)).isFalse();
    assertThat(data.path("cancelled").asBoolean(true)).isFalse();
    assertThat(data.path("tokens_prompt").asInt()).isEqualTo(row.promptTokens());
    assertThat(data.path("native_tokens_completion").asInt()).isEqualTo(9);
    assertThat(data.path("total_cost").isNumber()).isTrue();
    assertThat(data.path("total_cost").decimalValue())
        .isEqualByComparingTo(Money.number(cost(row)));
    assertThat(data.path("currency").asString()).isEqualTo("EGP");
    assertThat(data.path("finish_reason").isNull()).isTrue();
    assertThat(names(data)).contains("upstream_id", "origin", "provider_responses", "api_type");
    assertThat(json(nile, "/v1/generation?id=" + row.requestId()).at("/data/usage"))
        .isEqualTo(data.path("usage"));
  }

  @Test
  void anothersRequestIsNotThere() throws IOException {
    moves(NILE, Kind.TOP_UP, MILLION);
    known();
    String id = fleet.row(ask(nile, "tokens=9", true)).requestId();
    Response foreign = get(delta, "/v1/generation?id=" + id);
    assertError(foreign, 404, "request_not_found");
    Response nobodys = get(delta, "/v1/generation?id=" + id.substring(0, id.length() - 1) + "0");
    assertError(nobodys, 404, "request_not_found");
    assertError(get(delta, "/v1/generation"), 400, "invalid_value");

    for (String by : List.of("day", "key", "project", "model")) {
      assertThat(json(delta, "/v1/usage?by=" + by).path("data").isEmpty()).as(by).isTrue();
    }
    assertThat(json(delta, "/v1/key").at("/data/usage").asInt()).isZero();
    assertThat(json(delta, "/v1/credits").at("/data/total_usage").asInt()).isZero();
    assertThat(json(delta, "/v1/dashboard/billing/usage").path("total_usage").asInt()).isZero();
    // What would name another organisation or key is no parameter.
    assertError(get(delta, "/v1/usage?organisation=default"), 400, "invalid_value");
  }

  @Test
  void usageIsSummedByDayKeyProjectAndModel() throws IOException {
    moves(NILE, Kind.TOP_UP, MILLION);
    accounts.createProject(NILE, "بحث");
    KeyStore.Issued search = keyOf(NILE + "/بحث", "a, \"b\"");
    known();
    long first = cost(fleet.row(ask(nile, "tokens=9", true)));
    LedgerRow row = fleet.row(ask(search, "tokens=3", false));
    long second = cost(row);
    fleet.row(ask(delta, "tokens=1", true));

    String today = LocalDate.now(CAIRO).toString();
    JsonNode days = json(nile, "/v1/usage?from=" + today);
    assertThat(days.path("object").asString()).isEqualTo("list");
    assertThat(days.path("organisation").asString()).isEqualTo(NILE);
    assertThat(days.path("time_zone").asString()).isEqualTo("Africa/Cairo");
    assertThat(days.path("balance").asString()).isEqualTo(Money.exact(MILLION - first - second));
    assertThat(days.path("data")).hasSize(1);
    JsonNode day = days.path("data").path(0);
    assertThat(names(day))
        .containsExactly(
            "day",
            "requests",
            "prompt_tokens",
            "cached_tokens",
            "cache_write_tokens",
            "completion_tokens",
            "estimated_tokens",
            "amount");
    assertThat(day.path("day").asString()).isEqualTo(today);
    assertThat(day.path("requests").asInt()).isEqualTo(2);
    assertThat(day.path("amount").asString()).isEqualTo(Money.exact(first + second));

    assertThat(json(nile, "/v1/usage?by=model&to=today").at("/data/0/model").asString())
        .isEqualTo(TestFleet.MODEL);
    assertThat(json(nile, "/v1/usage?by=project").path("data").findValuesAsString("name"))
        .containsExactlyInAnyOrder("default", "بحث");
    assertThat(json(search, "/v1/usage?by=key").path("data").findValuesAsString("key"))
        .containsExactlyInAnyOrder(nile.key().id(), search.key().id());

    Response csv = get(nile, "/v1/usage?by=key", "Accept: text/csv\r\n");
    assertThat(csv.field("Content-Type")).isEqualTo("text/csv; charset=utf-8");
    assertThat(csv.text())
        .startsWith(
            "key,name,requests,prompt_tokens,cached_tokens,cache_write_tokens,completion_tokens,"
                + "estimated_tokens,amount,currency\r\n")
        .contains(
            "%s,\"a, \"\"b\"\"\",1,%d,0,0,3,0,%s,EGP\r\n"
                .formatted(search.key().id(), row.promptTokens(), Money.exact(second)))
        .contains(",مفتاح " + NILE + ",1,");
    assertThat(get(nile, "/v1/usage?by=key&format=csv").text()).isEqualTo(csv.text());
    assertThat(get(nile, "/v1/usage?format=json", "Accept: text/csv\r\n").json().isObject())
        .isTrue();
    assertThat(json(nile, "/v1/usage?from=2020-01-01&to=2020-12-31").path("data").isEmpty())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "by=year, by",
    "from=2026-13-01, from",
    "from=2020-01-01&to=2021-01-01, from",
    "from=2026-01-02&to=2026-01-01, to",
    "format=xml, format",
    "org=nile, org"
  })
  void wrongQuestionsAreRefusedByName(String query, String param) throws IOException {
    Response response = get(nile, "/v1/usage?" + query);
    assertError(response, 400, "invalid_value");
    assertThat(response.error().path("param").asString()).isEqualTo(param);
  }

  @Test
  void theOldPanelShowsTheBalance() throws IOException {
    moves(NILE, Kind.TOP_UP, MILLION);
    known();
    long cost = cost(fleet.row(ask(nile, "tokens=9", true)));
    for (String base : List.of("", "/v1")) {
      JsonNode subscription = json(nile, base + "/dashboard/billing/subscription");
      assertThat(subscription.path("object").asString()).isEqualTo("billing_subscription");
      assertThat(subscription.path("has_payment_method").asBoolean()).isTrue();
      assertThat(subscription.path("hard_limit_usd").decimalValue())
          .isEqualByComparingTo(Money.number(MILLION));
      assertThat(subscription.path("access_until").asLong()).isZero();
      JsonNode usage =
          json(nile, base + "/dashboard/billing/usage?start_date=2020-01-01&end_date=2020-01-02");
      assertThat(usage.path("object").asString()).isEqualTo("list");
      assertThat(usage.path("total_usage").decimalValue())
          .isEqualByComparingTo(Money.number(100 * cost));
    }
  }

  private static final List<String> ALL =
      List.of(
          "/v1/balance",
          "/v1/usage",
          "/v1/key",
          "/v1/credits",
          "/v1/generation?id=req_1",
          "/dashboard/billing/usage");

  @Test
  void onlyValidKeysAreAnsweredAndNothingIsRecorded() throws IOException {
    for (String path : ALL) {
      assertError(fleet.send(Requests.bare("GET", path)), 401, "invalid_api_key");
    }
    keys.revoke(delta.key().id());
    accounts.suspend(NILE, true);
    Awaitility.await()
        .atMost(TestGateway.SOON)
        .untilAsserted(
            () -> {
              for (String path : ALL) {
                assertError(get(nile, path), 403, "organisation_suspended");
                assertError(get(delta, path), 401, "key_revoked");
              }
            });
    LedgerRow mark = fleet.mark();
    assertThat(fleet.rowsBehind(mark)).isEmpty();
    assertThat(fleet.rows()).noneMatch(row -> row.keyId().equals(nile.key().id()));
    assertThat(fleet.simulator(0).requests()).isZero();
  }

  /** A key at its limit of requests still sees why, and no limit of requests counts it. */
  @Test
  void aLookIsNoRequest() throws IOException {
    var terms = new KeyStore.Terms(accounts.project(NILE).id(), null, null);
    KeyStore.Issued slow = keys.create("slow", 1, terms);
    moves(NILE, Kind.TOP_UP, MILLION);
    known();
    for (int i = 0; i < 3; i++) {
      Response response = get(slow, "/v1/balance");
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.field("X-RateLimit-Limit-Requests")).isEmpty();
    }
    assertThat(ask(slow, "tokens=1", true).status()).isEqualTo(200);
    Response refused = ask(slow, "tokens=1", true);
    assertError(refused, 429, "rate_limit_exceeded");
    fleet.row(refused);
    assertThat(json(slow, "/v1/usage?by=key").at("/data/0/requests").asInt()).isEqualTo(2);
  }
}
