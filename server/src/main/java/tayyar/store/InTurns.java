package tayyar.store;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Connections to PostgreSQL whose transactions take turns: one begins by waiting until every other
 * one has ended, as SQLite's do. A read-only one waits for nobody.
 */
final class InTurns implements DataSource {
  /** The lock of all writers of one database; the number means nothing. */
  private static final String TURN = "SELECT pg_advisory_xact_lock(7461797961)";

  private final DataSource all;

  InTurns(DataSource all) {
    this.all = all;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection its = all.getConnection();
    return (Connection)
        Proxy.newProxyInstance(
            InTurns.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, method, values) -> call(its, method, values));
  }

  private static Object call(Connection its, Method method, Object[] values) throws Throwable {
    try {
      Object result = method.invoke(its, values);
      if (method.getName().equals("setAutoCommit") && Boolean.FALSE.equals(values[0])) {
        begin(its);
      }
      return result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static void begin(Connection its) throws SQLException {
    if (!its.isReadOnly()) {
      try (Statement statement = its.createStatement()) {
        statement.execute(TURN);
      }
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    return all.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    all.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    all.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return all.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return all.getParentLogger();
  }

  @Override
  public <T> T unwrap(Class<T> kind) throws SQLException {
    return all.unwrap(kind);
  }

  @Override
  public boolean isWrapperFor(Class<?> kind) throws SQLException {
    return all.isWrapperFor(kind);
  }
}
