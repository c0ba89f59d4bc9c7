package tayyar.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreTest {
  @TempDir private Path folder;

  @Test
  void makesItsFolderAndOnlyTheOwnerReadsTheFiles() throws Exception {
    Path file = folder.resolve("a/b/tayyar.db");
    try (Store store = Store.open(file);
        Connection connection = store.dataSource().getConnection()) {
      execute(connection, "INSERT INTO keys VALUES ('k', '', 'h', zeroblob(32), 1, 0, null, null)");
      try (Stream<Path> files = Files.list(file.getParent())) {
        assertThat(files)
            .isNotEmpty()
            .allSatisfy(each -> assertThat(permissions(each)).isEqualTo("rw-------"));
      }
    }
  }

  @Test
  void keepsWhatWasWritten() throws Exception {
    Path file = folder.resolve("tayyar.db");
    try (Store store = Store.open(file);
        Connection connection = store.dataSource().getConnection()) {
      execute(connection, "INSERT INTO keys VALUES ('k', '', 'h', zeroblob(32), 1, 0, null, null)");
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
      execute(connection, "INSERT INTO keys VALUES ('k', '', 'h', zeroblob(32), 1, 0, null, null)");
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
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        InputStream first = Objects.requireNonNull(Schema.class.getResourceAsStream("1.sql"))) {
      execute(connection, new String(first.readAllBytes(), StandardCharsets.UTF_8));
      execute(connection, "PRAGMA user_version = 1");
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
      assertThat(number(connection, "SELECT completion_tokens FROM requests WHERE id = 5007"))
          .isEqualTo(1);
      assertThat(number(connection, "SELECT completion_tokens FROM requests WHERE id = 5008"))
          .isEqualTo(2);
      assertThat(number(connection, "SELECT completion_tokens FROM requests WHERE id = 5009"))
          .isEqualTo(4);
      assertThat(number(connection, "SELECT count(*) FROM requests")).isEqualTo(3);
      assertThatThrownBy(() -> execute(connection, row("req_3", 7))).hasMessageContaining("UNIQUE");
    }
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

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
