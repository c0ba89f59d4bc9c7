package tayyar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.api.Charge;
import tayyar.ledger.Ledger;
import tayyar.store.Store;
import tayyar.testing.Endings;

/** Old requests leave the ledger by hand, and nothing else changes. */
final class ArchiveCommandTest {
  private static final long COST = 670_000;

  @TempDir private Path home;
  private Path file;

  private Said say(String... args) {
    return Said.by(home, args);
  }

  /** One customer with two answers of long ago and one of today. */
  @BeforeEach
  void customer() throws Exception {
    file = home.resolve(".local/share/tayyar/tayyar.db");
    say("orgs", "create", "acme", "--pays");
    say("prices", "set", "m", "--input", "10", "--output", "30");
    String key = say("keys", "create", "--project", "acme", "--json").json().path("id").asString();
    String project =
        say("projects", "list", "--org", "acme", "--json").json().get(0).path("id").asString();
    try (Store store = Store.open(file);
        Ledger ledger = new Ledger(store.dataSource(), 10)) {
      for (int i = 0; i < 3; i++) {
        ledger.record(Endings.charged("req_" + i, key, new Charge(project, 1, COST)));
      }
    }
    long old = Instant.now().minus(100, ChronoUnit.DAYS).toEpochMilli() * 1000;
    try (Store store = Store.open(file);
        Connection on = store.dataSource().getConnection();
        Statement statement = on.createStatement()) {
      statement.execute("UPDATE requests SET recorded_us = " + old + " WHERE request_id < 'req_2'");
    }
  }

  @Test
  void oldOnesGoToFilesAndSumsStay() throws Exception {
    Path folder = home.resolve("archive");
    String[] usage = {"usage", "--from", "2026-01-01", "--by", "key", "--csv"};
    String before = say(usage).out();
    String used = say("keys", "usage", "--days", "200").out();

    Said said = say("archive", "--keep", "90d", "--to", folder.toString());

    assertThat(said.err()).isEqualTo("Store: " + file + "\n");
    assertThat(said.out())
        .isEqualTo("2 requests are sums of days now; 1 file was written to '" + folder + "'.\n");
    assertThat(say(usage).out()).isEqualTo(before).contains(",3,");
    assertThat(say("keys", "usage", "--days", "200").out()).isEqualTo(used);
    assertThat(say("requests", "--id", "req_0").status()).isEqualTo(1);
    assertThat(say("requests", "--id", "req_2").status()).isZero();
    assertThat(say("reconcile").out())
        .isEqualTo("All agrees: 1 priced request, 1 priced sum of days, 2 organisations.\n");
    try (var files = Files.list(folder)) {
      assertThat(files.filter(each -> each.toString().endsWith(".csv")))
          .singleElement()
          .satisfies(
              each ->
                  assertThat(Files.readString(each))
                      .startsWith("recorded_us,request_id,key_id,")
                      .contains(",req_0,")
                      .contains(",req_1,")
                      .doesNotContain("acme"));
    }
    assertThat(say("archive", "--keep", "90d", "--delete", "--json").json().toString())
        .isEqualTo("{\"requests\":0,\"files\":0,\"archive\":null}");
  }

  @Test
  void theConfigurationSaysHowLong() throws Exception {
    Path config = home.resolve("tayyar.yaml");
    Files.writeString(config, "store: " + file + "\nledger: { keep: 80d, archive: old }\n");
    assertThat(say("archive", "--config", config.toString()).out())
        .isEqualTo(
            "2 requests are sums of days now; 1 file was written to '"
                + home.resolve("old")
                + "'.\n");
  }

  @Test
  void aFileIsNoFolder() {
    assertThat(say("archive", "--keep", "90d", "--to", file.toString()).err())
        .contains("Old requests cannot be moved: '" + file + "' is no folder.");
    assertThat(say("archive", "--keep", "90d", "--to", file + "/in").err())
        .contains("Old requests cannot be moved: '" + file + "/in': Not a directory.");
  }

  @Test
  void whatIsNotSaidIsAskedFor() {
    assertThat(say("archive", "--delete").err()).contains("Say how long requests are kept");
    assertThat(say("archive", "--keep", "90d").err()).contains("Say where they go");
    assertThat(say("archive", "--keep", "62d", "--delete").err()).contains("at least 63d");
    assertThat(say("archive", "--keep", "soon", "--delete").err()).contains("write days");
    assertThat(say("archive", "--keep", "90d", "--delete", "--to", "x").err()).contains("exclude");
    assertThat(say("reconcile").out()).contains("3 priced requests, 2 org");
  }
}
