package tayyar.store;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * Connections to PostgreSQL whose transactions take turns: one begins by waiting until every other
 * one has ended, as SQLite's do. A read-only one waits for nobody.
 */
final class InTurns {
  /** The lock of all writers of one database; the number means nothing. */
  private static final String TURN = "SELECT pg_advisory_xact_lock(7461797961)";

  private InTurns() {}

  /** The same connections, in turns. */
  static DataSource of(DataSource all) {
    return proxy(
        DataSource.class,
        (_, method, values) -> {
          Object result = call(all, method, values);
          return result instanceof Connection its ? inTurns(its) : result;
        });
  }

  private static Connection inTurns(Connection its) {
    return proxy(
        Connection.class,
        (_, method, values) -> {
          Object result = call(its, method, values);
          if (method.getName().equals("setAutoCommit") && Boolean.FALSE.equals(values[0])) {
            begin(its);
          }
          return result;
        });
  }

  private static Object call(Object on, Method method, Object[] values) throws Throwable {
    try {
      return method.invoke(on, values);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> kind, InvocationHandler handler) {
    ClassLoader loader = InTurns.class.getClassLoader();
    return kind.cast(Proxy.newProxyInstance(loader, new Class<?>[] {kind}, handler));
  }

  private static void begin(Connection its) throws SQLException {
    if (!its.isReadOnly()) {
      try (Statement statement = its.createStatement()) {
        statement.execute(TURN);
      }
    }
  }
}
