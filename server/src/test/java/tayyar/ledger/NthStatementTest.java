package tayyar.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Charge;
import tayyar.api.Ended;
import tayyar.store.Store;
import tayyar.testing.BrokenSource;
import tayyar.testing.Endings;

/**
 * The n-th call of the database fails, for n = 1, 2, 3 and so on until a group of rows is written
 * untouched. Each time the next try writes each row once and leaves one connection.
 */
final class NthStatementTest {
  private static final long PRICE = 5;
  private static final int CALLS_MAX = 1_500;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eachRowIsWrittenOnce(boolean done) throws Exception {
    try (Store store = Store.open(folder.resolve("tayyar.db"))) {
      int before = 0;
      int n = 0;
      boolean untouched = false;
      while (!untouched) {
        n++;
        assertThat(n).isLessThan(CALLS_MAX);
        List<Ended> group = group(n);
        var broken = new BrokenSource(store.dataSource(), n, done);
        var rows = new Rows(broken.source(), "1");
        untouched = rows.write(group, false);
        if (!untouched) {
          assertThat(broken.open()).as("connections behind a failure, n = %d", n).isZero();
          assertThat(rows.write(group, true)).as("the next try, n = %d", n).isTrue();
        }
        untouched &= !broken.hasStruck();
        rows.close();
        assertThat(broken.open()).as("connections, n = %d", n).isZero();
        assertThat(written(store, before)).containsExactlyElementsOf(ids(group));
        before += group.size();
        assertThat(used(store)).as("used, n = %d", n).isEqualTo(before * PRICE);
      }
      assertThat(n).as("all passed at once").isGreaterThan(700);
    }
  }

  /** One more than go together in a statement. */
  private static List<Ended> group(int n) {
    return IntStream.rangeClosed(0, Rows.TOGETHER)
        .mapToObj(
            i -> Endings.charged("req_" + n + "_" + i, "k", new Charge("proj_default", 1, PRICE)))
        .toList();
  }

  /** Adds up once, whatever is tried twice. */
  private static long used(Store store) throws SQLException {
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT amount FROM used")) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  private static List<String> ids(List<Ended> group) {
    return group.stream().map(Ended::requestId).toList();
  }

  /** What stands behind so many rows. */
  private static List<String> written(Store store, int before) throws SQLException {
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT request_id FROM requests ORDER BY rowid LIMIT -1 OFFSET " + before)) {
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return all;
    }
  }
}
