package tayyar.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.accounts.AdminTokens;
import tayyar.accounts.AdminTokens.Role;
import tayyar.accounts.Reconciliation;
import tayyar.api.Bounds;
import tayyar.store.Store;
import tayyar.testing.RawHttp;
import tayyar.testing.Requests;
import tayyar.testing.Response;
import tayyar.testing.Stores;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;

/** The control plane over HTTP, of a gateway that runs, with the store it uses. */
@Tag("socket")
class ControlTest {
  /** What stands in the log before a test does anything: the fleet's key, the owner's token. */
  private static final int AUDITED = 2;

  private final TestFleet fleet;
  private final Store store;
  private final AdminTokens tokens;
  private final Operator owner;

  ControlTest() throws IOException {
    fleet = TestFleet.pair("tokens=5", "tokens=5");
    store = Stores.open(fleet.database());
    tokens = new AdminTokens(store.dataSource(), "test");
    owner = operator(Role.OWNER);
  }

  private Operator operator(Role role) {
    return new Operator(fleet.admin(), tokens.create(role.word(), role).secret());
  }

  @AfterEach
  void close() {
    owner.close();
    store.close();
    fleet.close();
  }

  @Test
  void theCurrencyIsChosenBeforeTheFirstAmount() throws Exception {
    assertThat(owner.get("/currency").is(200).text("/currency")).isEqualTo("EGP");
    owner.ask("PUT", "/currency", "{\"currency\":\"USD\"}").is(200);
    String price = "{\"model\":\"pair\",\"input\":\"1\",\"output\":\"2\"}";
    assertThat(owner.post("/prices", price).is(201).text("/currency")).isEqualTo("USD");
    String asks =
        "GET /v1/balance HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + fleet.key() + "\r\n\r\n";
    assertThat(fleet.send(asks).json().at("/balance_infos/0/currency")).hasToString("\"USD\"");
    owner.ask("PUT", "/currency", "{\"currency\":\"EGP\"}").is(409);
    assertThat(owner.get("/currency").is(200).text("/currency")).isEqualTo("USD");
  }

  @Test
  void aCustomerIsMadeAndServedWithinTheCall() throws Exception {
    owner.ask("PUT", "/plans/small", "{\"models\":[\"pair\"],\"overdraft\":\"0.5\"}").is(200);
    JsonNode warned =
        owner
            .post("/organisations", "{\"name\":\"nile\",\"plan\":\"small\",\"pays\":true}")
            .is(201)
            .json();
    assertThat(warned.at("/warnings/0").asString()).startsWith("Without a price: pair.");
    assertThat(warned.path("zone").asString()).isEqualTo("Africa/Cairo");
    JsonNode price =
        owner
            .post("/prices", "{\"model\":\"pair\",\"input\":\"100\",\"output\":\"300.5\"}")
            .is(201)
            .json();
    assertThat(price.path("warnings").size()).isZero();
    assertThat(price.path("output").asString()).isEqualTo("300.5");
    owner.post("/balances/nile/movements", "{\"kind\":\"top_up\",\"amount\":\"2\"}").is(201);
    JsonNode key = owner.post("/keys", "{\"name\":\"app\",\"project\":\"nile\"}").is(201).json();
    String secret = key.path("key").asString();

    Response answer =
        fleet.send(Requests.post(secret, Requests.chat(TestFleet.MODEL, "hi", true).toString()));
    assertThat(answer.status()).isEqualTo(200);
    String id = answer.field("X-Request-Id");
    fleet.row(answer);
    JsonNode row = owner.get("/requests/" + id).is(200).json();
    String answerId = "chatcmpl-" + id.substring("req_".length());
    assertThat(owner.get("/requests/" + answerId).is(200).json()).isEqualTo(row);
    assertThat(row.path("organisation").asString()).isEqualTo("nile");
    assertThat(row.path("outcome").asString()).isEqualTo("completed");
    JsonNode used = owner.get("/usage?by=model&organisation=nile").is(200).json().at("/data/0");
    assertThat(used.path("model").asString()).isEqualTo("pair");
    assertThat(used.path("completion_tokens").asInt()).isEqualTo(5);
    assertThat(used.path("amount").asString()).isEqualTo(row.path("amount").asString());
    String keyPath = "/keys/" + key.path("id").asString();
    assertThat(owner.get(keyPath).response().body()).doesNotContain(secret);

    owner.post(keyPath + "/revoke", "").is(200);
    assertThat(
            fleet
                .send(Requests.post(secret, Requests.chat(TestFleet.MODEL, "hi", true).toString()))
                .status())
        .isEqualTo(401);
  }

  @Test
  void aZoneIsChangedAndRegionsWithoutAServerAreTold() throws Exception {
    owner.post("/organisations", "{\"name\":\"nile\"}").is(201);
    JsonNode moved =
        owner
            .ask(
                "PATCH", "/organisations/nile", "{\"zone\":\"Europe/Berlin\",\"regions\":[\"eg\"]}")
            .is(200)
            .json();
    assertThat(moved.path("zone").asString()).isEqualTo("Europe/Berlin");
    assertThat(moved.path("warnings").valueStream().map(JsonNode::asString))
        .containsExactly(
            "Without a server: eg. All requests of 'nile' get 403 region_not_allowed.");
    JsonNode entry = owner.get("/audit?kind=organisation").is(200).json().at("/data/0");
    assertThat(entry.at("/before/zone").asString()).isEqualTo("Africa/Cairo");
    assertThat(entry.at("/after/zone").asString()).isEqualTo("Europe/Berlin");
    owner
        .ask("PATCH", "/organisations/nile", "{\"zone\":\"Berlin\"}")
        .isRefused(400, "invalid_value");
    owner.ask("PATCH", "/organisations/nile", "{\"regions\":null}").is(200);
  }

  @Test
  void withoutAValidTokenNothingIsAnswered() throws Exception {
    try (Operator nobody = new Operator(fleet.admin(), "");
        Operator wrong = new Operator(fleet.admin(), "tat-" + "0".repeat(48));
        Operator client = new Operator(fleet.admin(), fleet.key())) {
      nobody.get("/organisations").isRefused(401, "invalid_admin_token");
      wrong.get("/keys").isRefused(401, "invalid_admin_token");
      client.post("/organisations", "{\"name\":\"x\"}").isRefused(401, "invalid_admin_token");
    }
    var revoked = tokens.create("gone", Role.OWNER);
    try (Operator gone = new Operator(fleet.admin(), revoked.secret())) {
      gone.get("/organisations").is(200);
      tokens.revoke(revoked.token().id());
      gone.get("/organisations").isRefused(401, "invalid_admin_token");
    }
    assertThat(owner.get("/organisations").is(200).json().path("data").size()).isEqualTo(1);
  }

  @Test
  void manyWrongTokensAreSlowedAndAValidOneIsNot() throws Exception {
    try (Operator wrong = new Operator(fleet.admin(), "tat-wrong")) {
      for (int i = 0; i < 60; i++) {
        wrong.get("/organisations").is(401);
      }
      wrong.get("/organisations").isRefused(429, "too_many_wrong_keys");
    }
    owner.get("/organisations").is(200);
  }

  /** Each by itself, though all come from one proxy. */
  @Test
  void wrongTokensAreCountedByTheClientBehindAProxy() throws Exception {
    try (TestFleet behind = TestFleet.behind("127.0.0.0/8");
        Operator wrong = new Operator(behind.admin(), "tat-wrong")) {
      for (int i = 0; i < 60; i++) {
        wrong.ask("GET", "/organisations", "", "X-Forwarded-For", "192.0.2.1").is(401);
      }
      wrong
          .ask("GET", "/organisations", "", "X-Forwarded-For", "192.0.2.1")
          .isRefused(429, "too_many_wrong_keys");
      wrong
          .ask("GET", "/organisations", "", "X-Forwarded-For", "192.0.2.2")
          .isRefused(401, "invalid_admin_token");
    }
  }

  @Test
  void limitsAreSetListedAndLogged() throws Exception {
    String body = "{\"tokens_per_minute\":5000,\"spend_per_day\":\"1.5\"}";
    JsonNode made = owner.ask("PATCH", "/limits/organisation/default", body).is(200).json();
    assertThat(made.path("tokens_per_minute").asInt()).isEqualTo(5000);
    assertThat(made.path("spend_per_day").asString()).isEqualTo("1.5");
    assertThat(made.path("requests_per_minute").isNull()).isTrue();
    owner.ask("PATCH", "/limits/project/default/default", "{\"requests_at_once\":3}").is(200);
    owner.ask("PATCH", "/limits/organisation/default", "{\"spend_per_day\":\"0\"}").is(200);

    JsonNode all = owner.get("/limits").is(200).json().path("data");
    assertThat(all.at("/0/of").asString()).isEqualTo("organisation");
    assertThat(all.at("/0/spend_per_day").isNull()).isTrue();
    assertThat(all.at("/1/name").asString()).isEqualTo("default/default");
    JsonNode log = owner.get("/audit?kind=limits").is(200).json().path("data");
    assertThat(log.size()).isEqualTo(3);
    assertThat(log.at("/0/before/spend_per_day").asString()).isEqualTo("1.5");
    assertThat(log.at("/0/after/spend_per_day").asString()).isEqualTo("0");

    owner.ask("PATCH", "/limits/organisation/none", "{}").isRefused(404, "not_found");
    owner.ask("PATCH", "/limits/king/default", "{}").isRefused(400, "invalid_value");
    owner.ask("PATCH", "/limits/organisation/default", "{\"requests_per_minute\":-1}").is(400);
  }

  /** What each role may: read, bill, own. */
  @Test
  void aRoleMayDoWhatItIsFor() throws Exception {
    List<String[]> bills =
        List.of(
            new String[] {"PUT", "/plans/p", "{}"},
            new String[] {"PUT", "/currency", "{\"currency\":\"USD\"}"},
            new String[] {"POST", "/prices", "{\"model\":\"m\",\"input\":\"1\",\"output\":\"1\"}"},
            new String[] {
              "POST", "/balances/default/movements", "{\"kind\":\"grant\",\"amount\":\"1\"}"
            });
    List<String[]> owns =
        List.of(
            new String[] {"POST", "/organisations", "{\"name\":\"new\"}"},
            new String[] {"PATCH", "/organisations/default", "{}"},
            new String[] {"PATCH", "/limits/organisation/default", "{\"requests_at_once\":9}"},
            new String[] {"POST", "/projects", "{\"organisation\":\"default\",\"name\":\"new\"}"},
            new String[] {"POST", "/keys", "{}"},
            new String[] {"GET", "/admin-tokens", ""},
            new String[] {"POST", "/admin-tokens", "{\"name\":\"n\",\"role\":\"owner\"}"});
    try (Operator reads = operator(Role.READ_ONLY);
        Operator bill = operator(Role.BILLING)) {
      for (String path : List.of("/organisations", "/balances", "/usage", "/audit", "/targets")) {
        reads.get(path).is(200);
        bill.get(path).is(200);
      }
      for (String[] one : owns) {
        reads.ask(one[0], one[1], one[2]).isRefused(403, "role_not_allowed");
        bill.ask(one[0], one[1], one[2]).isRefused(403, "role_not_allowed");
        assertThat(owner.ask(one[0], one[1], one[2]).status()).isLessThan(300);
      }
      for (String[] one : bills) {
        reads.ask(one[0], one[1], one[2]).isRefused(403, "role_not_allowed");
        assertThat(bill.ask(one[0], one[1], one[2]).status()).isLessThan(300);
        assertThat(owner.ask(one[0], one[1], one[2]).status()).isLessThan(300);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: evil.example:8081\r\n",
        "Host: 127.0.0.1\r\nOrigin: http://evil.example\r\n",
        "Host: 127.0.0.1\r\nSec-Fetch-Site: cross-site\r\n",
        "Host: 127.0.0.1\r\nSec-Fetch-Site: same-site\r\n"
      })
  void aPageOfSomebodyElseMayNotEvenLook(String fields) throws Exception {
    String secret = tokens.create("browser", Role.OWNER).secret();
    for (String target : List.of("GET /admin/v1/keys", "GET /admin/v1/openapi.json")) {
      try (RawHttp raw = RawHttp.to(fleet.admin())) {
        Response response =
            raw.send(
                    target
                        + " HTTP/1.1\r\n"
                        + fields
                        + "Authorization: Bearer "
                        + secret
                        + "\r\n\r\n")
                .response();
        assertThat(response.status()).isEqualTo(403);
        assertThat(response.error().path("code").asString()).isEqualTo("foreign_caller");
      }
    }
  }

  /** What is wrong is refused by name, and never a bug of ours. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "POST|/organisations|{|400|invalid_json",
        "POST|/organisations|[]|400|invalid_json",
        "POST|/organisations|{\"name\":\"a\",\"name\":\"b\"}|400|invalid_json",
        "POST|/organisations|{\"name\":\"a\"} {}|400|invalid_json",
        "POST|/organisations|{}|400|invalid_value",
        "POST|/organisations|{\"name\":null}|400|invalid_value",
        "POST|/organisations|{\"name\":7}|400|invalid_value",
        "POST|/organisations|{\"name\":\"\"}|400|invalid_value",
        "POST|/organisations|{\"name\":\"\\ud800\"}|400|invalid_value",
        "POST|/organisations|{\"name\":\"a\\u0000b\"}|400|invalid_value",
        "POST|/organisations|{\"name\":\"a\",\"pays\":\"yes\"}|400|invalid_value",
        "POST|/organisations|{\"name\":\"a\",\"zone\":\"Cairo\"}|400|invalid_value",
        "POST|/organisations|{\"name\":\"a\",\"plan\":\"none\"}|404|not_found",
        "POST|/organisations|{\"name\":\"a\",\"colour\":\"red\"}|400|invalid_value",
        "POST|/organisations|{\"name\":\"default\"}|409|conflict",
        "PATCH|/organisations/default|{\"suspended\":null}|400|invalid_value",
        "PATCH|/organisations/nobody|{}|404|not_found",
        "PATCH|/organisations/default|{\"networks\":[\"10.0.0.0/33\"]}|400|invalid_value",
        "PATCH|/organisations/default|{\"networks\":[]}|400|invalid_value",
        "POST|/projects|{\"organisation\":\"default\",\"name\":\"a/b\"}|400|invalid_value",
        "POST|/projects|{\"organisation\":\"default\",\"name\":\"default\"}|409|conflict",
        "POST|/keys|{\"requests_per_minute\":0}|400|invalid_value",
        "POST|/keys|{\"requests_per_minute\":1.5}|400|invalid_value",
        "POST|/keys|{\"requests_per_minute\":1e400}|400|invalid_value",
        "POST|/keys|{\"requests_per_minute\":99999999999}|400|invalid_value",
        "POST|/keys|{\"models\":[]}|400|invalid_value",
        "POST|/keys|{\"models\":[\"a\",\"a\"]}|400|invalid_value",
        "PUT|/plans/p|{\"models\":[\"a\",\"a\"]}|400|invalid_value",
        "POST|/keys|{\"models\":[\"a\",7]}|400|invalid_value",
        "POST|/keys|{\"models\":\"a\"}|400|invalid_value",
        "POST|/keys|{\"models\":{}}|400|invalid_value",
        "POST|/keys|{\"models\":[\"a\\nb\"]}|400|invalid_value",
        "POST|/keys|{\"expires\":\"2020-01-01T00:00:00Z\"}|400|invalid_value",
        "POST|/keys|{\"expires\":\"+999999999-12-31T00:00:00Z\"}|400|invalid_value",
        "POST|/keys|{\"expires\":\"soon\"}|400|invalid_value",
        "POST|/keys|{\"project\":\"nobody\"}|404|not_found",
        "POST|/keys/nobody/revoke||404|not_found",
        "PUT|/currency|{\"currency\":\"usd\"}|400|invalid_value",
        "PUT|/currency|{\"currency\":1}|400|invalid_value",
        "PUT|/currency|{}|400|invalid_value",
        "PUT|/plans/p|{\"overdraft\":1}|400|invalid_value",
        "PUT|/plans/p|{\"overdraft\":\"-1\"}|400|invalid_value",
        "PUT|/plans/p|{\"overdraft\":\"1e400\"}|400|invalid_value",
        "PUT|/plans/p|{\"overdraft\":\"1e999999999\"}|400|invalid_value",
        "PUT|/plans/p|{\"overdraft\":\"1e-999999999\"}|400|invalid_value",
        "PUT|/plans/p|{\"overdraft\":\"0.0000000001\"}|400|invalid_value",
        "POST|/prices|{\"model\":\"\",\"input\":\"1\",\"output\":\"1\"}|400|invalid_value",
        "POST|/prices|{\"model\":\"m\",\"input\":\"-1\",\"output\":\"1\"}|400|invalid_value",
        "POST|/prices|{\"model\":\"m\",\"input\":\"1000001\",\"output\":\"1\"}|400|invalid_value",
        "POST|/prices|{\"model\":\"m\",\"input\":\"1\",\"output\":\"1\",\"from\":\"2020-01-01T00:00:00Z\"}|400|invalid_value",
        "POST|/balances/default/movements|{\"kind\":\"gift\",\"amount\":\"1\"}|400|invalid_value",
        "POST|/balances/default/movements|{\"kind\":\"grant\",\"amount\":\"0\"}|400|invalid_value",
        "POST|/balances/default/movements|{\"kind\":\"grant\",\"amount\":\"NaN\"}|400|invalid_value",
        "POST|/balances/default/movements|{\"kind\":\"grant\",\"amount\":\"9e18\"}|400|invalid_value",
        "POST|/balances/nobody/movements|{\"kind\":\"grant\",\"amount\":\"1\"}|404|not_found",
        "GET|/organisations?limit=0||400|invalid_value",
        "GET|/organisations?limit=1001||400|invalid_value",
        "GET|/organisations?limit=many||400|invalid_value",
        "GET|/organisations?limit=1&limit=2||400|invalid_value",
        "GET|/organisations?after=nobody||400|invalid_value",
        "GET|/organisations?colour=red||400|invalid_value",
        "GET|/organisations/%ff%00||404|not_found",
        "GET|/requests?after=nobody||400|invalid_value",
        "GET|/requests?outcome=good||400|invalid_value",
        "GET|/requests?from=+999999999-12-31||400|invalid_value",
        "GET|/requests?organisation=nobody||404|not_found",
        "GET|/requests/nobody||404|not_found",
        "GET|/usage?by=colour||400|invalid_value",
        "GET|/usage?from=2026-02-30||400|invalid_value",
        "GET|/usage?from=2026-01-02&to=2026-01-01||400|invalid_value",
        "GET|/usage?from=1970-01-01&to=9999-12-31||400|invalid_value",
        "GET|/usage?format=xml||400|invalid_value",
        "GET|/audit?after=-1||400|invalid_value",
        "GET|/audit?after=99999999999999999999||400|invalid_value",
        "GET|/audit?from=yesterday||400|invalid_value",
        "GET|/balances/default/movements?after=x||400|invalid_value",
        "POST|/targets/drain|{\"model\":\"pair\",\"target\":\"nobody\"}|404|not_found",
        "POST|/admin-tokens|{\"name\":\"n\",\"role\":\"king\"}|400|invalid_value",
        "POST|/admin-tokens/nobody/revoke||404|not_found",
        "DELETE|/organisations/default||405|method_not_allowed",
        "GET|/nothing||404|not_found"
      })
  void badInputIsTheCallersMistake(String method, String path, String body, int status, String code)
      throws Exception {
    owner.ask(method, path, body == null ? "" : body).isRefused(status, code);
    assertThat(owner.get("/audit").is(200).json().path("data").size()).isEqualTo(AUDITED);
  }

  @Test
  void aPercentSignThatEncodesNothingIsRefused() throws Exception {
    String secret = tokens.create("raw", Role.OWNER).secret();
    try (RawHttp raw = RawHttp.to(fleet.admin())) {
      String head = "GET /admin/v1/organisations?after=%zz HTTP/1.1\r\nHost: localhost\r\n";
      Response response =
          raw.send(head + "Authorization: Bearer " + secret + "\r\n\r\n").response();
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.error().path("code").asString()).isEqualTo("invalid_http");
    }
  }

  @Test
  void aHugeOrDeepBodyIsRefused() throws Exception {
    owner
        .post("/organisations", "{\"name\":\"" + "x".repeat(100_000) + "\"}")
        .isRefused(413, "body_too_large");
    owner.post("/organisations", "[".repeat(60_000)).isRefused(400, "invalid_json");
    owner
        .post("/keys", "{\"requests_per_minute\":" + "9".repeat(60_000) + "}")
        .isRefused(400, "invalid_json");
  }

  @Test
  void namesAreOfAnyLanguage() throws Exception {
    String name = "\u0646\u0647\u0631 \u0627\u0644\u0646\u064a\u0644 \ud83c\udf0a 100%";
    owner.post("/organisations", "{\"name\":\"" + name + "\"}").is(201);
    String path = "/organisations/" + URLEncoder.encode(name, UTF_8).replace("+", "%20");
    assertThat(owner.get(path).is(200).text("/name")).isEqualTo(name);
    assertThat(owner.get("/audit?kind=organisation&limit=1").text("/data/0/after/name"))
        .isEqualTo(name);
    owner.ask("PUT", "/plans/a%20plan", "{}").is(200);
    assertThat(owner.get("/plans/a%20plan").is(200).text("/name")).isEqualTo("a plan");
  }

  @Test
  void pagesHoldEachRowOnce() throws Exception {
    List<String> made = new ArrayList<>(List.of("default"));
    for (int i = 0; i < 7; i++) {
      made.add("org" + i);
      owner.post("/organisations", "{\"name\":\"org" + i + "\"}").is(201);
      String grant = "{\"kind\":\"grant\",\"amount\":\"1\",\"note\":\"" + i + "\"}";
      owner.post("/balances/default/movements", grant).is(201);
    }
    assertThat(walk("/organisations?limit=3", "name")).isEqualTo(made);
    assertThat(walk("/organisations?limit=8", "name")).isEqualTo(made);
    assertThat(walk("/balances/default/movements?limit=2", "note"))
        .containsExactly("6", "5", "4", "3", "2", "1", "0");
    List<String> log = walk("/audit?limit=4&kind=movement", "subject");
    assertThat(log).hasSize(7).doesNotHaveDuplicates();
  }

  @Test
  void requestsComeInPagesByTheirFilters() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Response response = fleet.stream("hi");
      fleet.row(response);
      ids.addFirst(response.field("X-Request-Id"));
    }
    assertThat(walk("/requests?limit=2", "id")).isEqualTo(ids);
    assertThat(walk("/requests?limit=2&outcome=failed", "id")).isEmpty();
    assertThat(walk("/requests?limit=5&from=yesterday&organisation=default", "id")).isEqualTo(ids);
    assertThat(owner.get("/usage").json().at("/data/0/requests").asInt()).isEqualTo(5);
    Operator.Answer csv = owner.get("/usage?format=csv&by=project").is(200);
    assertThat(csv.response().headers().firstValue("Content-Type"))
        .hasValue("text/csv; charset=utf-8");
    assertThat(csv.response().body())
        .startsWith("organisation,project,name,requests,")
        .contains("default,proj_default,default,5,")
        .endsWith(",0,EGP\r\n");
  }

  /** The values of a member on all pages, in their order. */
  private List<String> walk(String path, String member) throws Exception {
    List<String> all = new ArrayList<>();
    JsonNode page = owner.get(path).is(200).json();
    while (true) {
      page.path("data").forEach(row -> all.add(row.path(member).asString()));
      assertThat(page.path("has_more").asBoolean()).isEqualTo(!page.path("next").isNull());
      if (!page.path("has_more").asBoolean()) {
        return all;
      }
      page = owner.get(path + "&after=" + page.path("next").asString()).is(200).json();
    }
  }

  @Test
  void aTopUpIsDoneOnceHoweverManyAskAtOnce() throws Exception {
    String path = "/balances/default/movements";
    String body = "{\"kind\":\"top_up\",\"amount\":\"10\",\"note\":\"invoice 17\"}";
    String[] field = {"Idempotency-Key", "invoice-17"};
    List<Future<Operator.Answer>> asked = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 24; i++) {
        asked.add(threads.submit(() -> owner.post(path, body, field)));
      }
    }
    String first = asked.getFirst().get().is(201).response().body();
    for (Future<Operator.Answer> each : asked) {
      assertThat(each.get().is(201).response().body()).isEqualTo(first);
    }
    assertThat(owner.get("/balances/default").text("/granted")).isEqualTo("10");
    assertThat(owner.get("/audit?kind=movement").json().path("data").size()).isEqualTo(1);

    for (String other :
        List.of(
            body.replace("10", "11"),
            body.replace("top_up", "grant"),
            body.replace("invoice 17", "invoice 18"))) {
      owner.post(path, other, field).isRefused(409, "conflict");
    }
    owner.post(path, body, "Idempotency-Key", "x".repeat(256)).isRefused(400, "invalid_value");
    owner.post(path, body).is(201);
    assertThat(owner.get("/balances/default").text("/granted")).isEqualTo("20");
  }

  @Test
  void changesAreLoggedWithWhoAndWhatAndNoSecret() throws Exception {
    String plan = "{\"models\":[\"a\",\"b\"],\"overdraft\":\"1.5\"}";
    owner.ask("PUT", "/plans/p", plan).is(200);
    owner.ask("PUT", "/plans/p", plan).is(200);
    owner.ask("PUT", "/plans/p", "{\"overdraft\":\"2\"}").is(200);
    JsonNode key = owner.post("/keys", "{\"name\":\"k\",\"shows_cost\":true}").is(201).json();
    assertThat(key.path("shows_cost").asBoolean()).isTrue();
    JsonNode token =
        owner.post("/admin-tokens", "{\"name\":\"t\",\"role\":\"billing\"}").is(201).json();
    owner.ask("PATCH", "/keys/k", "{\"requests_per_minute\":7,\"models\":[\"a\"]}").is(200);

    String all = owner.get("/audit").is(200).response().body();
    assertThat(all)
        .doesNotContain(key.path("key").asString())
        .doesNotContain(token.path("token").asString());
    JsonNode plans = owner.get("/audit?kind=plan").json().path("data");
    assertThat(plans.size()).isEqualTo(2);
    assertThat(plans.at("/0/action").asString()).isEqualTo("changed");
    assertThat(plans.at("/0/who").asString()).matches("token owner \\(adm_\\w+\\)");
    assertThat(plans.at("/0/before/models/1").asString()).isEqualTo("b");
    assertThat(plans.at("/0/before/overdraft").asString()).isEqualTo("1.5");
    assertThat(plans.at("/0/after/models").isNull()).isTrue();
    assertThat(plans.at("/0/after/overdraft").asString()).isEqualTo("2");
    assertThat(plans.at("/1/before").isNull()).isTrue();
    JsonNode changed = owner.get("/audit?kind=key&limit=1").json().at("/data/0");
    assertThat(changed.at("/after/requests_per_minute").asInt()).isEqualTo(7);
    assertThat(changed.at("/before/models").isNull()).isTrue();
    assertThat(changed.at("/after/models/0").asString()).isEqualTo("a");
  }

  @Test
  void aKeyChangesWithoutANewSecret() throws Exception {
    JsonNode key = owner.post("/keys", "{\"name\":\"k\"}").is(201).json();
    String path = "/keys/" + key.path("id").asString();
    String asks =
        Requests.post(
            key.path("key").asString(), Requests.chat(TestFleet.MODEL, "hi", true).toString());
    assertThat(fleet.send(asks).status()).isEqualTo(200);
    owner.ask("PATCH", path, "{\"models\":[\"other\"]}").is(200);
    assertThat(fleet.send(asks).status()).isEqualTo(403);
    JsonNode back =
        owner
            .ask("PATCH", path, "{\"models\":null,\"expires\":\"2999-01-01T00:00:00Z\"}")
            .is(200)
            .json();
    assertThat(back.path("expires").asString()).isEqualTo("2999-01-01T00:00:00Z");
    assertThat(back.path("name").asString()).isEqualTo("k");
    assertThat(fleet.send(asks).status()).isEqualTo(200);
    owner.ask("PATCH", "/organisations/default", "{\"suspended\":true}").is(200);
    assertThat(fleet.send(asks).status()).isEqualTo(403);
    owner.ask("PATCH", "/organisations/default", "{\"suspended\":false}").is(200);
    assertThat(fleet.send(asks).status()).isEqualTo(200);
  }

  /** Its running stream ends, what it has cost is booked, and the books agree. */
  @Test
  void aDeletedOrganisationIsGoneAtOnce() throws Exception {
    try (TestFleet patient = TestFleet.pair(Bounds.DEFAULT, "tokens=5");
        Store its = Stores.open(patient.database())) {
      var token = new AdminTokens(its.dataSource(), "test").create("owner", Role.OWNER);
      try (Operator operator = new Operator(patient.admin(), token.secret())) {
        assertDeletionEndsIt(patient, its, operator);
      }
    }
  }

  private static String customer(Operator operator) throws Exception {
    operator.post("/organisations", "{\"name\":\"nile\",\"pays\":true}").is(201);
    operator.post("/prices", "{\"model\":\"pair\",\"input\":\"100\",\"output\":\"300\"}").is(201);
    operator.post("/balances/nile/movements", "{\"kind\":\"top_up\",\"amount\":\"2\"}").is(201);
    return operator.post("/keys", "{\"project\":\"nile\"}").is(201).json().path("key").asString();
  }

  private static void assertDeletionEndsIt(TestFleet patient, Store its, Operator operator)
      throws Exception {
    String secret = customer(operator);
    String deletion = "{\"name\":\"nile\",\"with_balance\":true}";
    String path = "/organisations/nile/delete";
    operator.post(path, "{\"name\":\"nile\"}").isRefused(409, "conflict");
    operator.post(path, "{\"name\":\"other\"}").isRefused(400, "invalid_value");
    operator.post("/organisations/default/delete", deletion).isRefused(409, "conflict");
    Operator.Answer export = operator.get("/organisations/nile/export").is(200);
    assertThat(export.text("/movements/0/amount")).isEqualTo("2");
    assertThat(export.json().toString()).doesNotContain("sha256");
    String chat = Requests.chat(TestFleet.MODEL, "[[tokens=9 hold@4]]", true).toString();
    try (var client = patient.connect()) {
      client.send(Requests.post(secret, chat));
      var upstream = patient.simulator(0).next(TestGateway.SOON);
      upstream.awaitHeld(TestGateway.SOON);
      assertThat(operator.post(path, deletion).is(200).text("/balance")).isEqualTo("2");
      assertThat(client.response().text()).contains("\"code\":\"key_revoked\"");
      upstream.awaitEnd(TestGateway.SOON);
    }
    assertThat(patient.send(Requests.post(secret, chat)).status()).isEqualTo(401);
    operator.get("/organisations/nile").is(404);
    patient.awaitNothingHeld();
    await().atMost(TestGateway.SOON).until(() -> Reconciliation.of(its.dataSource()).rows() == 1);
    assertThat(Reconciliation.of(its.dataSource()).told()).isEmpty();
  }

  @Test
  void aStoreThatIsAwayIsTold() throws Exception {
    Path file = fleet.database();
    Path aside = file.resolveSibling("aside.db");
    Files.move(file, aside);
    owner.get("/organisations").isRefused(503, "store_unavailable");
    owner.post("/keys", "{}").isRefused(503, "store_unavailable");
    Files.move(aside, file);
    owner.get("/organisations").is(200);
  }

  @Test
  void aDrainedTargetGetsNothingUntilItIsRestored() throws Exception {
    String t0 = "{\"model\":\"pair\",\"target\":\"t0\"}";
    String t1 = t0.replace("t0", "t1");
    assertThat(owner.post("/targets/drain", t0).is(200).text("/state")).isEqualTo("drained");
    assertThat(owner.post("/targets/drain", t0).is(200).text("/state")).isEqualTo("drained");
    for (int i = 0; i < 4; i++) {
      assertThat(fleet.row(fleet.stream("hi")).target()).isEqualTo("t1");
    }
    owner.post("/targets/drain", t1).is(200);
    Response refused = fleet.stream("hi");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.error().path("code").asString()).isEqualTo("no_target");
    assertThat(fleet.row(refused).attempts()).isZero();
    assertThat(owner.post("/targets/restore", t0).is(200).text("/state")).isEqualTo("well");
    assertThat(fleet.row(fleet.stream("hi")).target()).isEqualTo("t0");
    assertThat(owner.get("/audit?kind=target").json().path("data").size()).isEqualTo(3);
    assertThat(owner.get("/models").text("/data/0/id")).isEqualTo("pair");
  }
}
