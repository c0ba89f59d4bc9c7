package tayyar.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.api.ApiError;
import tayyar.api.Outcome;
import tayyar.store.Store;
import tayyar.testing.Endings;
import tayyar.testing.Logged;
import tayyar.testing.Stores;

class LedgerTest {
  private static final String HELD = "the ledger cannot be written; its rows wait";
  private static final String AGAIN = "the ledger can be written again";
  private static final String LOST = "a ledger row could not be written";

  @TempDir private Path folder;
  private Store store;
  private int recorded;

  @BeforeEach
  void open() {
    store = Stores.open(folder.resolve("tayyar.db"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aRowHasEverything() throws Exception {
    try (Ledger ledger = new Ledger(store.dataSource(), 10)) {
      ledger.record(Endings.completed("req_1", "key_a", "m"));
    }
    Map<String, String> row = row("req_1");
    row.remove("recorded_us");
    assertThat(row.toString())
        .isEqualTo(
            "{request_id=req_1, key_id=key_a, model=m, target=worker, attempts=1,"
                + " streamed=1, outcome=completed, error_code=null, status=200, prompt_tokens=7,"
                + " completion_tokens=20, cached_tokens=3, estimated=0,"
                + " started_ms=1700000000000, first_token_us=15500, duration_us=250250,"
                + " gap_p50_us=8100, gap_p99_us=12900, queued_us=50,"
                + " bytes_in=300, bytes_out=4000, tries=null,"
                + " project_id=null, price_id=null, amount=null,"
                + " cache_write_tokens=2, reasoning_tokens=5, dialect=openai, gateway_id=null}");
  }

  @Test
  void whatWasNotThereIsNull() throws Exception {
    Outcome refused = new Outcome.Failed(new ApiError.InvalidApiKey(true));
    Outcome late = new Outcome.TimedOut(Outcome.Phase.FIRST_TOKEN);
    try (Ledger ledger = new Ledger(store.dataSource(), 10)) {
      ledger.record(Endings.refused("req_1", "", refused, 401));
      ledger.record(Endings.refused("req_2", "x".repeat(100_000), late, 503));
    }
    assertThat(row("req_1"))
        .containsEntry("error_code", "invalid_api_key")
        .containsEntry("outcome", "failed")
        .containsEntry("first_token_us", "null")
        .containsEntry("gap_p99_us", "null")
        .containsEntry("key_id", "null")
        .containsEntry("model", "null")
        .containsEntry("target", "null");
    assertThat(row("req_2")).containsEntry("error_code", "first_token");
    assertThat(String.valueOf(row("req_2").get("model"))).hasSize(200);
  }

  @Test
  void notesWhenAKeyWasUsed() throws Exception {
    execute(
        "INSERT INTO keys (id, name, hint, sha256, requests_per_minute, created_ms, last_used_ms)"
            + " VALUES ('key_a', '', 'h', "
            + Stores.bytes("00")
            + ", 1, 0, null),"
            + " ('key_b', '', 'h', "
            + Stores.bytes("01")
            + ", 1, 0, 1900000000000)");
    try (Ledger ledger = new Ledger(store.dataSource(), 10)) {
      ledger.record(Endings.completed("req_1", "key_a", "m"));
      ledger.record(Endings.completed("req_2", "key_b", "m"));
    }
    assertThat(number("SELECT last_used_ms FROM keys WHERE id = 'key_a'"))
        .isEqualTo(1_700_000_000_000L);
    assertThat(number("SELECT last_used_ms FROM keys WHERE id = 'key_b'"))
        .isEqualTo(1_900_000_000_000L);
  }

  @Test
  void closeWritesWhatWaits() throws Exception {
    int rows = 3 * Ledger.GROUP_MAX + 1;
    try (Ledger ledger = new Ledger(store.dataSource(), 2 * rows)) {
      record(ledger, rows);
    }
    assertThat(count()).isEqualTo(rows);
  }

  @Test
  void rowsThatGoTogetherAreAsOneThatGoesAlone() throws Exception {
    try (Ledger ledger = new Ledger(store.dataSource(), 100)) {
      record(ledger, Rows.TOGETHER + 1);
    }
    assertThat(count()).isEqualTo(Rows.TOGETHER + 1);
    assertThat(
            number(
                """
                SELECT count(*) FROM (SELECT DISTINCT
                  key_id, model, target, attempts, streamed, outcome, error_code, status,
                  prompt_tokens, completion_tokens, cached_tokens, estimated,
                  started_ms, first_token_us, duration_us, gap_p50_us, gap_p99_us,
                  queued_us, bytes_in, bytes_out, tries FROM requests) AS different"""))
        .isEqualTo(1);
  }

  @Test
  void rowsSayWhenTheyWereWritten() throws Exception {
    long before = micros();
    try (Ledger ledger = new Ledger(store.dataSource(), 100)) {
      record(ledger, Rows.TOGETHER + 1);
    }
    assertThat(number("SELECT min(recorded_us) FROM requests")).isGreaterThanOrEqualTo(before);
    assertThat(number("SELECT max(recorded_us) FROM requests")).isLessThanOrEqualTo(micros());
  }

  @Test
  void rowsOfAClockThatWasAheadDoNotDateThoseBehindThem() throws Exception {
    long future = micros() + 3_600_000_000L;
    try (Ledger ledger = new Ledger(store.dataSource(), 10)) {
      record(ledger, 1);
    }
    execute("UPDATE requests SET recorded_us = " + future);
    try (Ledger ledger = new Ledger(store.dataSource(), 10)) {
      record(ledger, 2);
    }
    String rightly = "SELECT count(*) FROM requests WHERE recorded_us <= " + micros();
    assertThat(number(rightly)).isEqualTo(2);
  }

  @Test
  void whoWaitsForItsTurnWritesTheTimeOfItsTurn() throws Exception {
    long held;
    try (Ledger ledger = new Ledger(store.dataSource(), 10)) {
      try (Connection other = store.dataSource().getConnection()) {
        other.setAutoCommit(false);
        record(ledger, 1);
        await().until(LedgerTest::waitsForItsTurn);
        held = micros();
        other.rollback();
      }
      await().until(() -> count() == 1);
    }
    assertThat(number("SELECT recorded_us FROM requests")).isGreaterThanOrEqualTo(held);
  }

  /** Whether a thread stands at the begin of a transaction, where it waits for the other's end. */
  private static boolean waitsForItsTurn() {
    return Thread.getAllStackTraces().values().stream()
        .map(List::of)
        .anyMatch(
            frames ->
                frames.stream().anyMatch(frame -> frame.getMethodName().equals("setAutoCommit"))
                    && frames.stream()
                        .anyMatch(frame -> frame.getClassName().equals(Rows.class.getName())));
  }

  @Test
  void twoThatWriteAtTheSameTimeTakeTurns() throws Exception {
    try (Logged log = Logged.of(Ledger.class)) {
      try (Ledger one = new Ledger(store.dataSource(), 10_000);
          Ledger other = new Ledger(store.dataSource(), 10_000)) {
        for (int i = 0; i < 50; i++) {
          record(one, 40);
          record(other, 40);
          await().until(() -> one.waiting() + other.waiting() == 0);
        }
      }
      assertThat(log.count(HELD)).isZero();
    }
    assertThat(count()).isEqualTo(4_000);
  }

  private static long micros() {
    return 1000 * System.currentTimeMillis();
  }

  @Test
  void rowsAppearWithoutAClose() {
    try (Ledger ledger = new Ledger(store.dataSource(), 10)) {
      ledger.record(Endings.completed("req_1", "key_a", "m"));
      await().until(() -> count() == 1);
      ledger.record(Endings.completed("req_2", "key_a", "m"));
      await().until(() -> count() == 2);
      await().until(() -> ledger.waiting() == 0);
    }
  }

  @Test
  void othersMayWriteBetweenTwoGroups() throws Exception {
    try (Ledger ledger = new Ledger(store.dataSource(), 10)) {
      ledger.record(Endings.completed("req_1", "key_a", "m"));
      await().until(() -> number("SELECT count(*) FROM requests") == 1);
      execute(
          "INSERT INTO keys (id, name, hint, sha256, requests_per_minute, created_ms) VALUES ('key_a', '', 'h', "
              + Stores.bytes("00")
              + ", 1, 0)");
      ledger.record(Endings.completed("req_2", "key_a", "m"));
    }
    assertThat(number("SELECT count(*) FROM requests")).isEqualTo(2);
  }

  @Test
  void aLockedDatabaseFillsTheQueueAndLosesNothing() throws Exception {
    try (Logged log = Logged.of(Ledger.class);
        Ledger ledger = new Ledger(store.dataSource(), 5)) {
      try (Connection other = store.dataSource().getConnection()) {
        other.setAutoCommit(false);
        try (Statement statement = other.createStatement()) {
          statement.executeUpdate("UPDATE keys_version SET version = version");
        }
        record(ledger, 4);
        assertThat(ledger.room()).isTrue();
        record(ledger, 3);
        assertThat(ledger.room()).isFalse();
        assertThat(ledger.waiting()).isEqualTo(7);
        await().until(() -> log.count(HELD) == 1);
        other.rollback();
      }
      await().until(ledger::room);
      await().until(() -> count() == 7);
      await().until(() -> log.count(AGAIN) == 1);
      assertThat(log.count(LOST)).isZero();
    }
  }

  @Test
  void anOutageIsToldOnce() throws Exception {
    try (Logged log = Logged.of(Ledger.class);
        Ledger ledger = new Ledger(store.dataSource(), 5)) {
      execute("ALTER TABLE requests RENAME TO elsewhere");
      record(ledger, 1);
      await().until(() -> log.count(HELD) == 1);
      record(ledger, 1);
      await().during(Ledger.RETRY.multipliedBy(2)).until(() -> log.count(HELD) == 1);
      execute("ALTER TABLE elsewhere RENAME TO requests");
      await().until(() -> count() == 2);
      assertThat(log.count(AGAIN)).isEqualTo(1);
    }
  }

  @Test
  void whatCanNeverBeWrittenGoesToTheLog() throws Exception {
    try (Logged log = Logged.of(Ledger.class)) {
      Ledger ledger = new Ledger(store.dataSource(), 5);
      execute("ALTER TABLE requests RENAME TO elsewhere");
      record(ledger, 3);
      ledger.close();
      assertThat(log.count(LOST)).isEqualTo(3);
      ledger.record(Endings.completed("late", "key_a", "m"));
      assertThat(log.count(LOST)).isEqualTo(4);
      assertThat(ledger.waiting()).isZero();
    }
  }

  @Test
  void anEndlessOutageIsBounded() throws Exception {
    try (Logged log = Logged.of(Ledger.class)) {
      Ledger ledger = new Ledger(store.dataSource(), 5);
      execute("ALTER TABLE requests RENAME TO elsewhere");
      record(ledger, 5 + Ledger.RESERVE + 2);
      assertThat(log.count(LOST)).isEqualTo(2);
      execute("ALTER TABLE elsewhere RENAME TO requests");
      ledger.close();
    }
    assertThat(count()).isEqualTo(5 + Ledger.RESERVE);
  }

  private void record(Ledger ledger, int rows) {
    for (int i = 0; i < rows; i++) {
      ledger.record(Endings.completed("req_" + ++recorded, "key_a", "m"));
    }
  }

  private Map<String, String> row(String requestId) throws SQLException {
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT * FROM requests WHERE request_id = '" + requestId + "'")) {
      assertThat(rows.next()).isTrue();
      Map<String, String> row = new LinkedHashMap<>();
      ResultSetMetaData columns = rows.getMetaData();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        row.put(columns.getColumnName(i), String.valueOf(rows.getString(i)));
      }
      return row;
    }
  }

  private long count() throws SQLException {
    return number("SELECT count(*) FROM requests");
  }

  private long number(String sql) throws SQLException {
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }
}
