package tayyar.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.testing.Logged;

final class StoreTest {
  private static final String CLOSED =
      "the database was open to others; it is its owner's alone now";

  @TempDir private Path folder;

  @Test
  void makesItsFolderAndOnlyTheOwnerReadsTheFiles() throws Exception {
    Path file = folder.resolve("a/b/tayyar.db");
    try (Store store = Store.open(file);
        Connection connection = store.dataSource().getConnection()) {
      execute(
          connection,
          "INSERT INTO keys (id, name, hint, sha256, requests_per_minute, created_ms) VALUES ('k', '', 'h', zeroblob(32), 1, 0)");
      try (Stream<Path> files = Files.list(file.getParent())) {
        assertThat(files)
            .isNotEmpty()
            .allSatisfy(each -> assertThat(permissions(each)).isEqualTo("rw-------"));
      }
    }
  }

  @Test
  void filesThatWereOpenToOthersAreClosedToThem() throws Exception {
    Path file = folder.resolve("tayyar.db");
    try (Store first = Store.open(file);
        Connection connection = first.dataSource().getConnection();
        Logged log = Logged.of(Store.class)) {
      execute(
          connection,
          "INSERT INTO keys (id, name, hint, sha256, requests_per_minute, created_ms) VALUES ('k', '', 'h', zeroblob(32), 1, 0)");
      List<Path> files;
      try (Stream<Path> all = Files.list(folder)) {
        files = all.toList();
      }
      assertThat(files).hasSize(3);
      for (Path each : files) {
        Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rw-r--r-x"));
      }
      Store.open(file).close();
      assertThat(files).allSatisfy(each -> assertThat(permissions(each)).isEqualTo("rw-------"));
      assertThat(log.count(CLOSED)).isEqualTo(3);
      Store.open(file).close();
      assertThat(log.count(CLOSED)).as("told once").isEqualTo(3);
    }
  }

  @Test
  void aFileThatIsGoneIsToldAndNotMadeAnew() throws Exception {
    Path file = folder.resolve("tayyar.db");
    Path aside = folder.resolve("aside.db");
    try (Store store = Store.open(file);
        Connection held = store.dataSource().getConnection()) {
      long before = store.keysVersion();
      assertThat(held.isValid(0)).isTrue();
      Files.move(file, aside);
      assertThat(held.isValid(0)).isFalse();
      assertThatThrownBy(store::keysVersion)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("'" + file + "' is gone");
      assertThat(store.lost()).isTrue();
      assertThatThrownBy(() -> store.dataSource().getConnection()).isInstanceOf(SQLException.class);
      assertThat(file).doesNotExist();

      Files.move(aside, file);
      assertThat(store.keysVersion()).isNotEqualTo(before);
      assertThat(store.lost()).isFalse();
      assertThat(held.isValid(0)).as("it is the same file again").isTrue();
    }
  }

  @Test
  void aFileThatIsReplacedIsOpenedAndBroughtUpToDate() throws Exception {
    Path file = folder.resolve("tayyar.db");
    Path other = folder.resolve("other.db");
    Path aside = folder.resolve("aside.db");
    older(other, 4).close();
    try (Store store = Store.open(file);
        Connection held = store.dataSource().getConnection();
        Logged log = Logged.of(Store.class)) {
      execute(
          held,
          "INSERT INTO keys (id, name, hint, sha256, requests_per_minute, created_ms) VALUES ('k', '', 'h', zeroblob(32), 1, 0)");
      execute(held, "UPDATE keys_version SET version = 0");
      long before = store.keysVersion();
      assertThat(folder.resolve("tayyar.db-wal")).isNotEmptyFile();
      Files.move(file, aside);
      Files.move(other, file);
      assertThat(held.isValid(0)).isFalse();
      // The number that stands in both is the same: this one is not, for the keys may be others.
      assertThat(store.keysVersion()).isNotEqualTo(before);
      assertThat(log.count("the database is another file now")).isEqualTo(1);
      assertThat(permissions(file)).isEqualTo("rw-------");
      try (Connection connection = store.dataSource().getConnection()) {
        assertThat(connection.isValid(0)).isTrue();
        assertThat(number(connection, "PRAGMA user_version")).isEqualTo(Schema.LATEST);
        // The log that lay beside it was the other's: nothing of it is here, and all is there.
        assertThat(number(connection, "SELECT count(*) FROM keys")).isZero();
        assertThat(text(connection, "PRAGMA integrity_check")).isEqualTo("ok");
      }
      try (Connection left = DriverManager.getConnection("jdbc:sqlite:" + aside)) {
        assertThat(number(left, "SELECT count(*) FROM keys")).isEqualTo(1);
      }
    }
  }

  @Test
  void aFileThatIsReplacedByNoDatabaseIsLost() throws Exception {
    Path file = folder.resolve("tayyar.db");
    Path text = Files.writeString(folder.resolve("text"), "no database. ".repeat(999));
    try (Store store = Store.open(file)) {
      Files.move(text, file, StandardCopyOption.REPLACE_EXISTING);
      assertThatThrownBy(store::keysVersion).isInstanceOf(StoreException.class);
      assertThat(store.lost()).isTrue();
    }
  }

  @Test
  void copiesMadeAsTheDocsSayAreTheOwnersAlone() throws Exception {
    assumeTrue(run("command -v sqlite3") == 0, "sqlite3");
    Path docs = Path.of(System.getProperty("tayyar.basedir", "."), "docs", "operations.md");
    List<String> commands =
        Files.readAllLines(docs).stream()
            .filter(line -> line.contains("'copy.db'") || line.contains("'smaller.db'"))
            .toList();
    assertThat(commands).hasSize(2);
    try (Store store = Store.open(folder.resolve("tayyar.db"))) {
      assertThat(store.lost()).isFalse();
      for (String command : commands) {
        assertThat(run(command)).as(command).isZero();
      }
    }
    for (Path copy : List.of(folder.resolve("copy.db"), folder.resolve("smaller.db"))) {
      assertThat(permissions(copy)).isEqualTo("rw-------");
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy)) {
        assertThat(number(connection, "PRAGMA user_version")).isEqualTo(Schema.LATEST);
      }
    }
  }

  private int run(String command) throws Exception {
    return new ProcessBuilder("sh", "-c", "umask 022; " + command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  @Test
  void keepsWhatWasWritten() throws Exception {
    Path file = folder.resolve("tayyar.db");
    try (Store store = Store.open(file);
        Connection connection = store.dataSource().getConnection()) {
      execute(
          connection,
          "INSERT INTO keys (id, name, hint, sha256, requests_per_minute, created_ms) VALUES ('k', '', 'h', zeroblob(32), 1, 0)");
    }
    try (Store store = Store.open(file);
        Connection connection = store.dataSource().getConnection()) {
      assertThat(number(connection, "SELECT count(*) FROM keys")).isEqualTo(1);
    }
  }

  @Test
  void writesAheadAndChecksForeignKeys() throws Exception {
    try (Store store = Store.open(folder.resolve("tayyar.db"));
        Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet mode = statement.executeQuery("PRAGMA journal_mode")) {
      assertThat(mode.getString(1)).isEqualTo("wal");
      assertThat(number(connection, "PRAGMA foreign_keys")).isEqualTo(1);
      assertThat(number(connection, "PRAGMA user_version")).isEqualTo(Schema.LATEST);
    }
  }

  @Test
  void theKeysVersionChangesWithKeysAlone() throws Exception {
    Path file = folder.resolve("tayyar.db");
    try (Store store = Store.open(file);
        Store other = Store.open(file);
        Connection connection = other.dataSource().getConnection()) {
      long before = store.keysVersion();
      execute(
          connection,
          "INSERT INTO keys (id, name, hint, sha256, requests_per_minute, created_ms) VALUES ('k', '', 'h', zeroblob(32), 1, 0)");
      long made = store.keysVersion();
      assertThat(made).isNotEqualTo(before);

      execute(connection, "UPDATE keys SET last_used_ms = 7");
      assertThat(store.keysVersion()).isEqualTo(made);

      execute(connection, "UPDATE keys SET revoked_ms = 8");
      assertThat(store.keysVersion()).isNotEqualTo(made);
    }
  }

  @Test
  void openedByManyAtOnceIsMadeOnce() throws Exception {
    Path file = folder.resolve("tayyar.db");
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Store>> stores =
          IntStream.range(0, 8).mapToObj(i -> threads.submit(() -> Store.open(file))).toList();
      for (Future<Store> store : stores) {
        store.get().close();
      }
    }
  }

  @Test
  void takesAnOlderFileAlong() throws Exception {
    Path file = folder.resolve("tayyar.db");
    try (Connection connection = older(file, 1)) {
      int tokens = 0;
      for (String id : List.of("req_1", "req_2", "req_1", "req_3", "req_2", "req_1")) {
        execute(connection, row(id, ++tokens));
      }
    }
    try (Store store = Store.open(file);
        Connection connection = store.dataSource().getConnection()) {
      assertThat(number(connection, "PRAGMA user_version")).isEqualTo(Schema.LATEST);
      assertThat(number(connection, "SELECT sum(attempts) FROM requests")).isZero();
      // Of rows that were written twice the first ones are left, and their numbers are times now.
      String tokensAt = "SELECT completion_tokens FROM requests WHERE recorded_us = ";
      assertThat(number(connection, tokensAt + 5007)).isEqualTo(1);
      assertThat(number(connection, tokensAt + 5008)).isEqualTo(2);
      assertThat(number(connection, tokensAt + 5009)).isEqualTo(4);
      assertThat(number(connection, "SELECT count(*) FROM requests")).isEqualTo(3);
      assertThatThrownBy(() -> execute(connection, "INSERT INTO requests SELECT * FROM requests"))
          .hasMessageContaining("UNIQUE");
    }
  }

  @Test
  void theCurrencyThatWasWrittenByHandStays() throws Exception {
    Path file = folder.resolve("tayyar.db");
    try (Connection connection = older(file, 15)) {
      execute(connection, "UPDATE currency SET code = 'USD'");
    }
    try (Store store = Store.open(file);
        Connection connection = store.dataSource().getConnection()) {
      String code = "SELECT code FROM currency";
      assertThat(text(connection, code)).isEqualTo("USD");
      execute(connection, "UPDATE currency SET code = 'SAR'");
      execute(
          connection,
          "INSERT INTO used VALUES ((SELECT id FROM organisations WHERE name = 'default'), 1)");
      execute(connection, "UPDATE currency SET code = 'SAR'");
      assertThatThrownBy(() -> execute(connection, "UPDATE currency SET code = 'EGP'"))
          .hasMessageContaining("never changed");
      assertThatThrownBy(() -> execute(connection, "DELETE FROM currency"))
          .hasMessageContaining("never deleted");
      assertThat(text(connection, code)).isEqualTo("SAR");
    }
  }

  @Test
  void pricesOfBeforeKeepTheInputsForWritesIntoACache() throws Exception {
    Path file = folder.resolve("tayyar.db");
    String price =
        "INSERT INTO prices (model, input, cached_input, output, request, valid_from_ms, created_ms)"
            + " VALUES ('m', 7, 1, 2, 3, 4, 5)";
    try (Connection connection = older(file, 16)) {
      execute(connection, price);
    }
    try (Store store = Store.open(file);
        Connection connection = store.dataSource().getConnection()) {
      assertThat(text(connection, "SELECT cache_write FROM prices")).isEqualTo("7");
      assertThatThrownBy(() -> execute(connection, "UPDATE prices SET cache_write = 0"))
          .hasMessageContaining("never changed");
      assertThat(text(connection, "SELECT count(*) FROM audit WHERE kind = 'price'"))
          .isEqualTo("1");
    }
  }

  @Test
  void idsThatWereTimesBecomeTheTimesOfTheRows() throws Exception {
    Path file = folder.resolve("tayyar.db");
    long ahead = 1000 * (System.currentTimeMillis() + 3_600_000);
    try (Connection connection = older(file, 5)) {
      execute(connection, full(7_000_001, "req_b"));
      execute(connection, full(7_000_002, "req_a"));
      execute(connection, full(ahead, "req_c"));
    }
    try (Store store = Store.open(file);
        Connection connection = store.dataSource().getConnection()) {
      String all = "SELECT group_concat(%s, ' ') FROM (SELECT * FROM requests ORDER BY request_id)";
      assertThat(text(connection, all.formatted("request_id"))).isEqualTo("req_a req_b req_c");
      // The third one's id had run ahead: it is dated by its end.
      assertThat(text(connection, all.formatted("recorded_us"))).isEqualTo("7000002 7000001 5006");
      assertThat(text(connection, "SELECT group_concat(name) FROM pragma_table_info('requests')"))
          .doesNotStartWith("id,");
      for (String column : FULL) {
        String distinct = "SELECT group_concat(DISTINCT %s) FROM requests".formatted(column);
        assertThat(text(connection, distinct)).isEqualTo(NUMBERS.getOrDefault(column, column));
      }
    }
  }

  private static final Map<String, String> NUMBERS =
      Map.ofEntries(
          Map.entry("attempts", "2"),
          Map.entry("streamed", "1"),
          Map.entry("estimated", "1"),
          Map.entry("status", "200"),
          Map.entry("prompt_tokens", "11"),
          Map.entry("completion_tokens", "12"),
          Map.entry("cached_tokens", "13"),
          Map.entry("started_ms", "5"),
          Map.entry("first_token_us", "14"),
          Map.entry("duration_us", "6"),
          Map.entry("gap_p50_us", "15"),
          Map.entry("gap_p99_us", "16"),
          Map.entry("queued_us", "17"),
          Map.entry("bytes_in", "18"),
          Map.entry("bytes_out", "19"));

  /** Columns of the older form beside its two ids; a text's value is the column's own name. */
  private static final List<String> FULL =
      List.of(
          "key_id",
          "model",
          "target",
          "attempts",
          "streamed",
          "outcome",
          "error_code",
          "status",
          "prompt_tokens",
          "completion_tokens",
          "cached_tokens",
          "estimated",
          "started_ms",
          "first_token_us",
          "duration_us",
          "gap_p50_us",
          "gap_p99_us",
          "queued_us",
          "bytes_in",
          "bytes_out",
          "tries");

  private static String full(long id, String requestId) {
    List<String> values =
        FULL.stream().map(column -> NUMBERS.getOrDefault(column, "'" + column + "'")).toList();
    return "INSERT INTO requests (id, request_id, %s) VALUES (%d, '%s', %s)"
        .formatted(String.join(", ", FULL), id, requestId, String.join(", ", values));
  }

  /** A database as it was made before, with its tables alone. */
  private static Connection older(Path file, int steps) throws Exception {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    for (int step = 1; step <= steps; step++) {
      try (InputStream sql =
          Objects.requireNonNull(Schema.class.getResourceAsStream(step + ".sql"))) {
        execute(connection, new String(sql.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    execute(connection, "PRAGMA user_version = " + steps);
    return connection;
  }

  private static String row(String requestId, int tokens) {
    return "INSERT INTO requests (request_id, streamed, outcome, status, prompt_tokens,"
        + " completion_tokens, cached_tokens, estimated, started_ms, duration_us)"
        + " VALUES ('%s', 1, 'completed', 200, 1, %d, 0, 0, 5, 6)".formatted(requestId, tokens);
  }

  @Test
  void refusesTheFileOfANewerVersion() throws Exception {
    Path file = folder.resolve("tayyar.db");
    try (Store store = Store.open(file);
        Connection connection = store.dataSource().getConnection()) {
      execute(connection, "PRAGMA user_version = " + (Schema.LATEST + 1));
    }
    assertThatThrownBy(() -> Store.open(file))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("newer version of Tayyar");
  }

  @Test
  void refusesWhatIsNoDatabaseWithASentence() throws Exception {
    Path text =
        Files.writeString(folder.resolve("text"), "no database, but long enough. ".repeat(99));
    assertThatThrownBy(() -> Store.open(text))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("'" + text + "' cannot be opened");
    assertThatThrownBy(() -> Store.open(folder))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("it is no file");
    assertThatThrownBy(() -> Store.open(text.resolve("below/tayyar.db")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot be created");
  }

  private static String permissions(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return String.valueOf(rows.getString(1));
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
