package tayyar.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A data source of which one call fails, before it is done or behind it. */
public final class BrokenSource {
  private final DataSource real;
  private final boolean done;
  private int left;
  private int open;

  /**
   * One whose n-th call fails.
   *
   * @param done whether it fails though it was done: a commit's answer may be lost
   */
  public BrokenSource(DataSource real, int n, boolean done) {
    this.real = real;
    this.left = n;
    this.done = done;
  }

  /** What fails. */
  public DataSource source() {
    return broken(DataSource.class, real);
  }

  /** Whether the call has come. */
  public boolean hasStruck() {
    return left <= 0;
  }

  /** Connections that are open. */
  public int open() {
    return open;
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
    boolean closes = method.getName().equals("close");
    if (its instanceof Connection && closes) {
      open--;
    } else if (strikes && !(done && !Connection.class.isAssignableFrom(method.getReturnType()))) {
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
}
