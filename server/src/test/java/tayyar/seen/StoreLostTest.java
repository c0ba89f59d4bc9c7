package tayyar.seen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tayyar.keys.KeyWatch;
import tayyar.testing.LedgerRow;
import tayyar.testing.Logged;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;

/** Somebody removes the database of a running gateway and brings back a copy. */
@Tag("socket")
class StoreLostTest {
  @TempDir private Path folder;

  @Test
  void requestsGoOnAndTheirRowsAreInTheFileThatComesBack() throws Exception {
    try (Logged log = Logged.of(KeyWatch.class);
        TestFleet fleet = TestFleet.pair("tokens=3")) {
      LedgerRow before = fleet.row(fleet.stream("before"));
      Path copy = folder.resolve("copy.db");
      execute(fleet.database(), "VACUUM INTO '" + copy + "'");
      remove(fleet.database());
      await().until(() -> metrics(fleet).contains("tayyar_store_lost 1.0\n"));
      await().until(() -> log.count("keys cannot be read; the last known ones stay in force") == 1);

      Response meanwhile = fleet.stream("meanwhile");
      assertThat(meanwhile.status()).isEqualTo(200);
      await().until(() -> metrics(fleet).contains("tayyar_ledger_waiting 1.0\n"));
      assertThat(fleet.database()).doesNotExist();

      Files.copy(copy, fleet.database());
      LedgerRow row = fleet.row(meanwhile);
      assertThat(row.completionTokens()).isEqualTo(3);
      assertThat(fleet.rows()).containsExactly(before, row);
      await().until(() -> metrics(fleet).contains("tayyar_store_lost 0.0\n"));
      assertThat(fleet.row(fleet.stream("after")).outcome()).isEqualTo("completed");
    }
  }

  private static void remove(Path database) throws IOException {
    for (String end : new String[] {"", "-wal", "-shm"}) {
      Files.deleteIfExists(database.resolveSibling(database.getFileName() + end));
    }
  }

  private static void execute(Path database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private static String metrics(TestFleet fleet) throws IOException, InterruptedException {
    return Scrape.of(fleet.admin(), "").text();
  }
}
