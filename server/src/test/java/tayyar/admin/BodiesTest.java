package tayyar.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.accounts.AdminTokens;
import tayyar.accounts.AdminTokens.Role;
import tayyar.store.Store;
import tayyar.testing.Stores;
import tayyar.testing.TestFleet;

/** Each member of each body with each odd value, beside others that are good: never a bug. */
@Tag("socket")
final class BodiesTest {
  private static final List<String> ODD =
      List.of(
          "null",
          "true",
          "-1",
          "0",
          "1e400",
          "-0.0",
          "9".repeat(400),
          "\"\"",
          "\" \"",
          "\"1e400\"",
          "\"1e2147483647\"",
          "\"-1e-2147483648\"",
          "\"-0\"",
          "\"\\u0000\"",
          "\"\\ud83c\"",
          "\"\\u202e\\u0631\"",
          "\"'; DROP TABLE keys; --\"",
          "\"a\\nb\"",
          "\"" + "x".repeat(5_000) + "\"",
          "\"default\"",
          "\"9999-12-31T23:59:59.999999999-18:00\"",
          "\"-999999999-01-01T00:00:00Z\"",
          "[]",
          "[null]",
          "[[]]",
          "[\"\"]",
          "[\"a\",\"a\"]",
          "{}",
          "{\"a\":1}");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /organisations {\"name\":\"n\",\"plan\":null,\"pays\":true,\"zone\":\"UTC\"}",
        "PATCH /organisations/default {\"plan\":null,\"pays\":false,\"suspended\":false,\"regions\":[\"eg\"],\"networks\":[\"10.0.0.0/8\"]}",
        "POST /organisations/default/delete {\"name\":\"default\",\"with_balance\":false}",
        "POST /projects {\"organisation\":\"default\",\"name\":\"p\"}",
        "POST /keys {\"name\":\"k\",\"project\":\"default\",\"requests_per_minute\":1,\"models\":null,\"expires\":null,\"shows_cost\":true}",
        "PUT /plans/p {\"models\":null,\"overdraft\":\"0\"}",
        "PATCH /limits/organisation/default {\"requests_per_minute\":1000000,\"tokens_per_minute\":1000000,\"requests_at_once\":1000,\"tokens_per_request\":100000,\"spend_per_day\":\"1000000\",\"spend_per_month\":\"1000000\"}",
        "POST /prices {\"model\":\"m\",\"input\":\"1\",\"cached_input\":\"1\",\"output\":\"1\",\"request\":\"1\",\"from\":\"2999-01-01T00:00:00Z\"}",
        "POST /balances/default/movements {\"kind\":\"correction\",\"amount\":\"1\",\"note\":\"n\"}",
        "POST /targets/drain {\"model\":\"pair\",\"target\":\"t0\"}",
        "POST /admin-tokens {\"name\":\"n\",\"role\":\"owner\"}"
      })
  void noBodyIsABugOfOurs(String ask) throws Exception {
    String[] words = ask.split(" ", 3);
    Map<String, String> good = members(words[2]);
    try (TestFleet fleet = TestFleet.pair("tokens=5", "tokens=5");
        Store store = Stores.open(fleet.database())) {
      var tokens = new AdminTokens(store.dataSource(), "test");
      try (Operator owner =
          new Operator(fleet.admin(), tokens.create("owner", Role.OWNER).secret())) {
        for (String member : good.keySet()) {
          for (String odd : ODD) {
            String body = body(good, member, odd);
            Operator.Answer answer = owner.ask(words[0], words[1], body);
            assertThat(answer.status()).as(body).isLessThan(500);
            assertThat(answer.json().isObject()).isTrue();
          }
        }
        assertThat(owner.get("/organisations/default").is(200).text("/id"))
            .isEqualTo("org_default");
        owner.get("/audit?limit=1000").is(200);
      }
    }
  }

  /** Members of an object whose values have no comma. */
  private static Map<String, String> members(String object) {
    Map<String, String> members = new LinkedHashMap<>();
    for (String member : object.substring(1, object.length() - 1).split(",", -1)) {
      String[] parts = member.split(":", 2);
      members.put(parts[0], parts[1]);
    }
    return members;
  }

  private static String body(Map<String, String> good, String member, String odd) {
    Map<String, String> all = new LinkedHashMap<>(good);
    all.put(member, odd);
    return all.entrySet().stream()
        .map(each -> each.getKey() + ":" + each.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }
}
