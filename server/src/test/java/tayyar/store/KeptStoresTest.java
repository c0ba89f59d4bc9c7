package tayyar.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tayyar.accounts.RequestStore;
import tayyar.keys.KeyStore;

/**
 * Files as each version of the database left them, with rows in all tables, kept beside a script
 * that makes the next one. A step that users have applied must not change.
 */
@Tag("socket")
final class KeptStoresTest {
  private static final String TABLES =
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
  private static final String STATEMENTS =
      "SELECT name || ': ' || coalesce(sql, '') FROM sqlite_master ORDER BY name";

  @TempDir Path folder;

  static IntStream versions() {
    return IntStream.rangeClosed(1, Schema.LATEST);
  }

  private Path kept(int version) throws Exception {
    Path file = folder.resolve("kept.db");
    try (InputStream in =
        Objects.requireNonNull(
            KeptStoresTest.class.getResourceAsStream("kept/" + version + ".db.gz"),
            "run kept/keep.py, which keeps a file of the newest version")) {
      Files.copy(new GZIPInputStream(in), file);
    }
    return file;
  }

  @ParameterizedTest
  @MethodSource("versions")
  void isWhatTheStepsMakeToday(int version) throws Exception {
    try (Connection made = DriverManager.getConnection("jdbc:sqlite:");
        Connection kept = open(kept(version))) {
      for (int step = 1; step <= version; step++) {
        try (Statement statement = made.createStatement()) {
          statement.executeUpdate(Schema.sql(step + ".sql"));
        }
      }
      assertThat(texts(kept, STATEMENTS)).isEqualTo(texts(made, STATEMENTS));
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void isTakenAlongWithAllItsRows(int version) throws Exception {
    Path file = kept(version);
    Map<String, String> before;
    List<String> keys;
    try (Connection on = open(file)) {
      before = rows(on);
      keys = texts(on, "SELECT id FROM keys ORDER BY id");
    }
    assertThat(keys).isNotEmpty();
    try (Store store = Store.open(file);
        Connection on = store.dataSource().getConnection()) {
      assertThat(texts(on, "PRAGMA user_version")).containsExactly("" + Schema.LATEST);
      assertThat(texts(on, "PRAGMA integrity_check")).containsExactly("ok");
      assertThat(texts(on, "PRAGMA foreign_key_check")).isEmpty();
      assertThat(rows(on)).containsAllEntriesOf(before);
      assertThat(texts(on, "SELECT id FROM keys ORDER BY id")).isEqualTo(keys);
      assertThat(new KeyStore(store.dataSource()).list()).hasSameSizeAs(keys);
      var every = new RequestStore.Filter(null, null, null, null, null, null, null, 10);
      assertThat(new RequestStore(store.dataSource()).find(every))
          .singleElement()
          .satisfies(row -> assertThat(row.id()).startsWith("request_id_"));
    }
  }

  private static Connection open(Path file) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file);
  }

  /** Of each table how many rows it has. */
  private static Map<String, String> rows(Connection on) throws SQLException {
    Map<String, String> all = new TreeMap<>();
    for (String table : texts(on, TABLES)) {
      all.put(table, texts(on, "SELECT count(*) FROM " + table).getFirst());
    }
    return all;
  }

  private static List<String> texts(Connection on, String sql) throws SQLException {
    List<String> all = new ArrayList<>();
    try (Statement statement = on.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        all.add(rows.getString(1));
      }
    }
    return all;
  }
}
