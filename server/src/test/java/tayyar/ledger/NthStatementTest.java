package tayyar.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Charge;
import tayyar.api.Ended;
import tayyar.store.Store;
import tayyar.testing.Endings;

/**
 * The n-th call of the database fails, for n = 1, 2, 3 and so on until a group of rows is written
 * untouched. Each time the next try writes each row once and leaves one connection.
 */
final class NthStatementTest {
  private static final long PRICE = 5;
  private static final int CALLS_MAX = 1_500;

  @TempDir private Path folder;

  /** A data source of which one call fails, before it is done or behind it. */
  private static final class Breaking {
    private final DataSource real;
    private final boolean done;
    private int left;
    private int open;

    Breaking(DataSource real, boolean done) {
      this.real = real;
      this.done = done;
    }

    DataSource source() {
      return broken(DataSource.class, real);
    }

    private <T> T broken(Class<T> type, Object its) {
      return type.cast(
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (_, method, arguments) -> call(its, method, arguments)));
    }

    private Object call(Object its, Method method, Object[] arguments) throws Throwable {
      boolean strikes = --left == 0;
      if (its instanceof Connection && method.getName().equals("close")) {
        open--;
      } else if (strikes && !(done && mayBeLate(method))) {
        throw new SQLException("by the test");
      }
      try {
        Object result = method.invoke(its, arguments);
        open += result instanceof Connection ? 1 : 0;
        if (strikes && !(result instanceof Connection)) {
          throw new SQLException("by the test, behind " + method.getName());
        }
        return switch (result) {
          case Connection connection -> broken(Connection.class, connection);
          case PreparedStatement statement -> broken(PreparedStatement.class, statement);
          case null, default -> result;
        };
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }

    /** A commit as well: it may be done and its answer lost. */
    private static boolean mayBeLate(Method method) {
      return !Connection.class.isAssignableFrom(method.getReturnType());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eachRowIsWrittenOnce(boolean done) throws Exception {
    try (Store store = Store.open(folder.resolve("tayyar.db"))) {
      var breaking = new Breaking(store.dataSource(), done);
      int before = 0;
      int n = 0;
      boolean untouched = false;
      while (!untouched) {
        n++;
        assertThat(n).isLessThan(CALLS_MAX);
        List<Ended> group = group(n);
        var rows = new Rows(breaking.source(), "1");
        breaking.left = n;
        untouched = rows.write(group, false);
        if (!untouched) {
          assertThat(breaking.open).as("connections behind a failure, n = %d", n).isZero();
          assertThat(rows.write(group, true)).as("the next try, n = %d", n).isTrue();
        }
        untouched &= breaking.left > 0;
        breaking.left = 0;
        rows.close();
        assertThat(breaking.open).as("connections, n = %d", n).isZero();
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
