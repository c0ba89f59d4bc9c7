package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.api.AccountFault;
import tayyar.api.ApiError;
import tayyar.api.Charge;
import tayyar.api.Ended;
import tayyar.api.Outcome;
import tayyar.ledger.Ledger;
import tayyar.store.Store;
import tayyar.testing.Endings;
import tools.jackson.databind.JsonNode;

/** What was used, why a request ended as it did, and whether the books agree. */
final class LedgerCommandsTest {
  private static final ZoneId KIRITIMATI = ZoneId.of("Pacific/Kiritimati");

  /** What 7 tokens read and 20 written cost at 10 and 30 a million. */
  private static final long COST = 670_000;

  @TempDir private Path home;
  private Path file;
  private String key = "";
  private String project = "";

  private Said say(String... args) {
    return Said.by(home, args);
  }

  private Said good(String... args) {
    Said said = say(args);
    assertThat(said.err()).isEqualTo("Store: " + file + "\n");
    assertThat(said.status()).isZero();
    return said;
  }

  /** One customer with a price and a key, and three rows: two answers, and one refused. */
  @BeforeEach
  void customer() {
    file = home.resolve(".local/share/tayyar/tayyar.db");
    say("orgs", "create", "acme", "--pays", "--zone", KIRITIMATI.getId());
    say("prices", "set", "llama", "--input", "10", "--output", "30");
    key =
        say("keys", "create", "--name", "site", "--project", "acme", "--json")
            .json()
            .path("id")
            .asString();
    project =
        say("projects", "list", "--org", "acme", "--json").json().get(0).path("id").asString();
    var refused =
        new Outcome.Failed(new ApiError.OfAccount(new AccountFault.QuotaExceeded("acme")));
    record(
        Endings.charged("req_1", key, new Charge(project, 1, COST)),
        Endings.charged("req_2", key, new Charge(project, 1, COST)),
        Endings.ended("req_3", key, "llama", refused, 402));
  }

  private void record(Ended... rows) {
    try (Store store = Store.open(file);
        Ledger ledger = new Ledger(store.dataSource(), 10)) {
      List.of(rows).forEach(ledger::record);
    }
  }

  private void change(String sql) throws Exception {
    try (Store store = Store.open(file);
        Connection on = store.dataSource().getConnection();
        Statement statement = on.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isPositive();
    }
  }

  /** Puts a row at a second of a day of the customer. */
  private void move(String id, LocalDate day, int second) throws Exception {
    long at = day.atStartOfDay(KIRITIMATI).toEpochSecond() + second;
    change(
        "UPDATE requests SET recorded_us = " + 1_000_000 * at + " WHERE request_id = '" + id + "'");
  }

  @Test
  void usageIsSummedByDaysOfTheCustomer() throws Exception {
    LocalDate day = LocalDate.of(2026, 3, 14);
    move("req_1", day, 0);
    move("req_2", day, 24 * 3600 - 1);
    move("req_3", day, 24 * 3600);
    change("UPDATE requests SET estimated = 1 WHERE request_id = 'req_2'");

    assertThat(good("usage", "--from", "2026-03-01", "--to", "2026-03-31").lines())
        .hasSize(3)
        .satisfies(
            lines ->
                assertThat(lines.getFirst())
                    .matches(
                        "ORGANISATION +DAY +REQUESTS +PROMPT TOKENS +CACHED TOKENS"
                            + " +COMPLETION TOKENS +ESTIMATED TOKENS +AMOUNT +CURRENCY"))
        .satisfies(
            lines ->
                assertThat(lines.get(1))
                    .matches("acme +2026-03-14 +2 +14 +6 +40 +27 +0\\.0013 +EGP"));

    JsonNode one = good("usage", "--from", "2026-03-14", "--to", "2026-03-14", "--json").json();
    assertThat(one.size()).isEqualTo(1);
    assertThat(one.get(0).path("amount").asString()).isEqualTo("0.00134");
    assertThat(one.get(0).path("requests").asInt()).isEqualTo(2);
    assertThat(good("usage", "--to", "2026-03-20", "--csv").lines())
        .containsExactly(
            "organisation,day,requests,prompt_tokens,cached_tokens,cache_write_tokens,completion_tokens,"
                + "estimated_tokens,amount,currency",
            "acme,2026-03-14,2,14,6,4,40,27,0.00134,EGP",
            "acme,2026-03-15,1,7,3,2,20,0,0,EGP");
  }

  @Test
  void usageIsSummedByKeyProjectAndModel() {
    record(Endings.completed("req_4", "key_older", "other"));

    JsonNode keys = good("usage", "--org", "acme", "--by", "key", "--json").json();
    assertThat(keys.size()).isEqualTo(1);
    assertThat(keys.get(0).path("key").asString()).isEqualTo(key);
    assertThat(keys.get(0).path("name").asString()).isEqualTo("site");
    assertThat(keys.get(0).path("requests").asInt()).isEqualTo(3);
    assertThat(good("usage", "--by", "project").lines())
        .hasSize(3)
        .last()
        .asString()
        .matches("default +proj_default +default +1 .* 0\\.0000 +EGP");
    assertThat(good("usage", "--by", "model", "--csv").lines())
        .hasSize(3)
        .contains("acme,llama,3,21,9,6,60,0,0.00134,EGP");
  }

  @Test
  void oneCommandSaysWhyARequestWasRefused() {
    String told = good("requests", "--id", "req_3").out();
    assertThat(good("requests", "--id", "chatcmpl-3").out()).isEqualTo(told);
    assertThat(good("requests", "--id", "cmpl-3").out()).isEqualTo(told);
    assertThat(good("requests", "--id", "req_3").lines())
        .contains(
            "outcome             failed",
            "status              402",
            "error_code          quota_exceeded",
            "message             The balance of 'acme' does not cover this request. Top it up.",
            "project             default",
            "key                 site");

    assertThat(good("requests", "--outcome", "failed", "--org", "acme").lines()).hasSize(2);
    assertThat(good("requests", "--key", "site", "--from", "today", "--to", "today").lines())
        .hasSize(4);
    JsonNode last = good("requests", "--limit", "1", "--json").json();
    assertThat(last.size()).isEqualTo(1);
    assertThat(last.get(0).path("id").asString()).isEqualTo("req_3");
    assertThat(last.get(0).path("time").asString()).endsWith("+14:00");
    assertThat(last.get(0).path("amount").isNull()).isTrue();
    assertThat(good("requests", "--org", "default").lines()).hasSize(1);
  }

  @Test
  void mistakesAreSentences() {
    Said missing = say("requests", "--id", "req_9");
    assertThat(missing.err())
        .isEqualTo(
            "Store: %s\nThere is no request 'req_9'. It may be under way; it may be old, and now in a"
                    .formatted(file)
                + " sum of its day; or its key was not taken: then it is in the log alone.\n");
    assertThat(missing.status()).isEqualTo(1);
    assertThat(say("usage", "--from", "today", "--to", "2026-01-01").err())
        .contains("The last day, 2026-01-01, is before the first, ");
    assertThat(say("usage", "--from", "0001-01-01").err()).contains("more than 3660 days.");
    assertThat(say("usage", "--from", "monday").err())
        .contains("--from: 'monday' is no day; write one as 2026-12-31, today or yesterday.");
    say("usage", "--by", "hour").isRefused(1, "--by is 'hour'; write day, key, project or model.");
    say("usage", "--csv", "--json").isRefused(1, "--csv and --json exclude each other.");
    say("requests", "--limit", "0").isRefused(1, "--limit is 0; it must be 1 to 10000.");
    say("requests", "--outcome", "bad")
        .isRefused(
            1,
            "--outcome is 'bad'; write completed, client_gone, timed_out, failed, draining,"
                + " out_of_balance.");
  }

  @Test
  void booksThatAgree() {
    assertThat(good("reconcile").out())
        .isEqualTo("All agrees: 2 priced requests, 2 organisations.\n");
    assertThat(good("reconcile", "--json").json().path("agrees").asBoolean()).isTrue();
  }

  @Test
  void eachPlantedDifferenceIsFound() throws Exception {
    change("UPDATE requests SET amount = amount + 1 WHERE request_id = 'req_1'");
    Said found = say("reconcile");
    assertThat(found.status()).isEqualTo(1);
    assertThat(found.lines())
        .anyMatch(line -> line.matches("request +req_1 +0\\.000670001 +0\\.00067 +its tokens.*"))
        .anyMatch(line -> line.matches("organisation +acme +0\\.00134 +0\\.001340001 +the sum.*"))
        .contains("3 differences: 2 priced requests, 2 organisations.");

    change("UPDATE requests SET amount = amount - 1 WHERE request_id = 'req_1'");
    good("reconcile");
    change("UPDATE used SET amount = amount - 670000");
    JsonNode json = say("reconcile", "--json").json();
    assertThat(json.path("agrees").asBoolean()).isFalse();
    assertThat(json.path("differing").asInt()).isEqualTo(1);
    assertThat(json.path("differences").get(0).path("stored").asString()).isEqualTo("0.00067");
    assertThat(json.path("differences").get(0).path("computed").asString()).isEqualTo("0.00134");

    change("DELETE FROM used");
    assertThat(say("reconcile").lines().get(1)).matches("organisation +acme +- +0\\.00134 .*");
    change("UPDATE requests SET price_id = 99 WHERE request_id = 'req_2'");
    assertThat(say("reconcile").out()).contains("its price is not there");
    change("UPDATE requests SET project_id = 'proj_gone' WHERE request_id = 'req_2'");
    assertThat(say("reconcile").out()).contains("its project is not there");
  }
}
