package tayyar.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.api.ApiError;
import tayyar.api.Attempt;
import tayyar.api.Ended;
import tayyar.api.Key;
import tayyar.api.OpenRow;
import tayyar.api.Outcome;
import tayyar.api.Usage;
import tayyar.store.Store;
import tayyar.testing.Endings;
import tayyar.testing.Logged;
import tayyar.testing.Stores;

/**
 * What the journal's file says of a process that is gone. A process that was killed is played by a
 * journal that is closed with its slots taken; killed servers are {@code KillsTest}'s.
 */
class JournalTest {
  private static final Key KEY = new Key("key_a", "a", "sk-...cdef", 600, false);

  @TempDir private Path folder;
  private Path file;
  private Store store;

  @BeforeEach
  void open() throws IOException {
    file = folder.resolve("tayyar.db");
    store = Stores.open(file);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Journal journal() throws IOException {
    return Journal.open(file, new Recovery(store.dataSource()));
  }

  private List<String> rows() throws SQLException {
    List<String> all = new ArrayList<>();
    try (Connection on = store.dataSource().getConnection();
        Statement ask = on.createStatement();
        ResultSet row =
            ask.executeQuery(
                """
                SELECT concat_ws(' ', request_id, key_id, project_id, model, target, attempts,
                  streamed, outcome, coalesce(error_code, '-'), status, prompt_tokens,
                  completion_tokens, cached_tokens, estimated, started_ms, duration_us,
                  coalesce(CAST(amount AS TEXT), '-')) FROM requests ORDER BY request_id""")) {
      while (row.next()) {
        all.add(row.getString(1));
      }
    }
    return all;
  }

  private long number(String sql) throws SQLException {
    try (Connection on = store.dataSource().getConnection();
        Statement ask = on.createStatement();
        ResultSet row = ask.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection on = store.dataSource().getConnection();
        Statement statement = on.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  @Test
  void aRunningRequestCostsWhatItsClientHadGot() throws Exception {
    price();
    try (Journal dead = journal()) {
      OpenRow row = dead.begin("req_1", KEY, 1_000);
      row.asked("m", true);
      row.attempt(new Attempt(2, "m", "t1", false), 30, 5);
      row.delivered(11, 4_000);
    }
    journal().close();
    assertThat(rows())
        .containsExactly(
            "req_1 key_a proj_default m t1 2 1 failed gateway_killed 200 30 11 0 1 1000 4000 59");
    assertThat(number("SELECT amount FROM used")).isEqualTo(59);
  }

  /** A cached token costs nothing, one that is written into a cache three. */
  private void price() throws SQLException {
    execute(
        """
        INSERT INTO prices (id, model, input, cached_input, cache_write, output, request,
          valid_from_ms, created_ms)
        VALUES (5, 'm', 1000000, 0, 3000000, 2000000, 7, 0, 0)""");
  }

  @Test
  void tokensOfACacheHaveTheirPrice() throws Exception {
    price();
    try (Journal dead = journal()) {
      OpenRow row = dead.begin("req_1", KEY, 1_000);
      row.attempt(new Attempt(1, "m", "t1", false), 30, 5);
      row.used(new Usage(30, 11, 4, 6, false, Map.of()), 4_000);
      row = dead.begin("req_2", KEY, 1_000);
      row.attempt(new Attempt(1, "m", "t1", false), 1, 5);
      row.delivered(1, 4_000);
    }
    journal().close();
    assertThat(number("SELECT sum(cache_write_tokens) FROM requests")).isEqualTo(6);
    String amount = "SELECT amount FROM requests WHERE request_id = 'req_%d'";
    assertThat(number(amount.formatted(1))).isEqualTo(20 + 6 * 3 + 22 + 7);
    assertThat(number(amount.formatted(2))).isEqualTo(1 + 2 + 7);
  }

  @Test
  void whoHadGotNothingPaysNothing() throws Exception {
    price();
    try (Journal dead = journal()) {
      OpenRow row = dead.begin("req_1", KEY, 1_000);
      row.asked("m", false);
      row.attempt(new Attempt(1, "m", "t1", true), 30, 5);
      dead.begin("req_2", KEY, 2_000);
    }
    journal().close();
    assertThat(rows())
        .containsExactly(
            "req_1 key_a proj_default m t1 1 0 failed gateway_killed 499 0 0 0 0 1000 0 0",
            "req_2 key_a proj_default 0 0 failed gateway_killed 499 0 0 0 0 2000 0 -");
    assertThat(number("SELECT count(*) FROM used")).isZero();
  }

  @Test
  void aRequestThatWasOverIsWrittenAsItEnded() throws Exception {
    var outcome = new Outcome.Failed(new ApiError.QueueFull());
    Ended ended = Endings.refused("req_1", "x".repeat(300) + "\u062a", outcome, 503);
    try (Journal dead = journal()) {
      ((Slot) dead.begin("req_1", KEY, 1_000)).end(ended);
    }
    journal().close();
    assertThat(rows()).singleElement().asString().contains(" failed queue_full 503 0 0 0 0 ");
  }

  /** Of whoever lives and of whoever died; nobody's place is in the way of looking. */
  @Test
  void theIdsOfAllJournalsAreKnown() throws Exception {
    assertThat(Ledger.kept(file)).isEmpty();
    try (Journal dead = journal()) {
      dead.begin("req_1", KEY, 1_000);
    }
    Files.move(folder.resolve("tayyar.db-running-1"), folder.resolve("tayyar.db-running-7"));
    assertThat(Ledger.kept(file)).containsExactly("req_1");
    try (Journal other =
        Journal.open(folder.resolve("other.db"), new Recovery(store.dataSource()))) {
      for (int i = 0; i < Journal.CHUNK_SLOTS + 1; i++) {
        other.begin("req_" + i, KEY, 1_000);
      }
      assertThat(Ledger.kept(folder.resolve("other.db"))).hasSize(Journal.CHUNK_SLOTS + 1);
      assertThat(Ledger.kept(file)).hasSize(1);
    }
  }

  @Test
  void aRowThatIsThereIsNeitherWrittenNorPaidAgain() throws Exception {
    price();
    for (int i = 0; i < 3; i++) {
      try (Journal dead = journal()) {
        OpenRow row = dead.begin("req_1", KEY, 1_000);
        row.attempt(new Attempt(1, "m", "t1", false), 1, 5);
        row.used(new Usage(1, 1, 0, false), 10);
      }
    }
    journal().close();
    assertThat(rows()).hasSize(1);
    assertThat(number("SELECT amount FROM used")).isEqualTo(10);
  }

  @Test
  void whatIsWrittenOrDroppedIsNotRecovered() throws Exception {
    try (Journal dead = journal()) {
      dead.begin("req_1", KEY, 1_000).drop();
      dead.free(List.of((Slot) dead.begin("req_2", KEY, 1_000)));
      assertThat(dead.kept()).isZero();
    }
    journal().close();
    assertThat(rows()).isEmpty();
  }

  /** A request that fails twice gives its place back once, so that no two share one. */
  @Test
  void aPlaceIsGivenBackOnce() throws Exception {
    Ended ended = Endings.completed("req_1", "key_a", "m");
    try (Journal journal = journal()) {
      Slot dropped = (Slot) journal.begin("req_1", KEY, 1_000);
      dropped.drop();
      dropped.drop();
      dropped.end(ended);
      journal.free(List.of(dropped));
      Slot over = (Slot) journal.begin("req_1", KEY, 1_000);
      over.end(ended);
      over.drop();
      assertThat(journal.kept()).as("its row is not written yet").isEqualTo(1);
      journal.free(List.of(over, over));
      assertThat(journal.kept()).isZero();
      Slot one = (Slot) journal.begin("req_2", KEY, 1_000);
      Slot other = (Slot) journal.begin("req_3", KEY, 1_000);
      assertThat(one.number()).isNotEqualTo(other.number());
    }
  }

  @Test
  void eachProcessHasAFileAndTheNextStartReadsThemAll() throws Exception {
    try (Journal one = journal();
        Journal other = journal()) {
      one.begin("req_1", KEY, 1_000);
      other.begin("req_2", KEY, 1_000);
      assertThat(rows()).as("both live").isEmpty();
      assertThat(folder.resolve("tayyar.db-running-2")).exists();
    }
    try (Journal next = journal()) {
      assertThat(rows()).hasSize(2);
      assertThat(folder.resolve("tayyar.db-running-2")).doesNotExist();
      assertThat(next.kept()).isZero();
    }
    assertThat(Files.getPosixFilePermissions(folder.resolve("tayyar.db-running-1"))).hasSize(2);
  }

  @Test
  void itGrows() throws Exception {
    try (Journal dead = journal()) {
      for (int i = 0; i < 2 * Journal.CHUNK_SLOTS + 1; i++) {
        dead.begin("req_" + i, KEY, i);
      }
      assertThat(dead.kept()).isEqualTo(2 * Journal.CHUNK_SLOTS + 1);
    }
    try (Journal next = journal()) {
      assertThat(number("SELECT count(*) FROM requests")).isEqualTo(2 * Journal.CHUNK_SLOTS + 1);
      assertThat(number("SELECT count(DISTINCT started_ms) FROM requests"))
          .isEqualTo(2 * Journal.CHUNK_SLOTS + 1);
      assertThat(Files.size(folder.resolve("tayyar.db-running-1")))
          .as("it is small again")
          .isEqualTo(Journal.CHUNK_SLOTS * (long) Slot.BYTES);
      assertThat(next.kept()).isZero();
    }
  }

  /** Requests beyond are served and billed; only a kill loses them. */
  @Test
  void itIsBoundedAndTakesAgainWhatIsGivenBack() throws Exception {
    Journal journal = journal();
    List<Slot> all = new ArrayList<>();
    for (int i = 0; i < Journal.SLOTS_MAX; i++) {
      all.add((Slot) journal.begin("r" + i, KEY, 1));
    }
    assertThat(journal.kept()).isEqualTo(Journal.SLOTS_MAX);
    try (Logged log = Logged.of(Journal.class)) {
      for (int i = 0; i < 3; i++) {
        Slot beyond = (Slot) journal.begin("beyond", KEY, 1);
        assertThat(beyond.number()).isEqualTo(-1);
        beyond.asked("m", true);
        beyond.delivered(3, 4);
        beyond.drop();
      }
      assertThat(log.events()).hasSize(1);
      assertThat(log.events().getFirst().getMessage()).startsWith("the journal is full");
    }
    journal.free(all.subList(7, 8));
    assertThat(((Slot) journal.begin("again", KEY, 1)).number()).isNotNegative();
    journal.free(all);
    assertThat(journal.kept()).isOne();
    journal.close();
  }

  @Test
  void whatTheDatabaseDidNotTakeIsWrittenAtTheNextStart() throws Exception {
    try (Ledger ledger = Ledger.open(store.ledgerSource(), file, false, 10)) {
      execute("ALTER TABLE requests RENAME TO away");
      OpenRow row = ledger.begin("req_1", KEY, 1_000);
      ledger.record(row, Endings.completed("req_1", "key_a", "m"));
    }
    execute("ALTER TABLE away RENAME TO requests");
    Ledger.open(store.ledgerSource(), file, false, 10).close();
    assertThat(rows()).singleElement().asString().startsWith("req_1 key_a proj_default m");
  }
}
