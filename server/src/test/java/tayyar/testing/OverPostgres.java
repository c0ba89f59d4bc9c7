package tayyar.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Runs the tests that a class inherits with each {@link Stores store} at a PostgreSQL server. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OverPostgres.Switch.class)
public @interface OverPostgres {
  /**
   * Whether all stores of the class are one database, which takes less time: for tests that only
   * add.
   */
  boolean one() default false;

  /** Whether their gateways count limits in a Redis, and not at the store. */
  boolean redis() default false;

  /** For JUnit: it comes before the gateway of the class, which is a field. */
  final class Switch implements BeforeAllCallback, AfterAllCallback {
    private @Nullable RedisServer redis;

    /** For JUnit. */
    public Switch() {}

    @Override
    public void beforeAll(ExtensionContext context) {
      var its = context.getRequiredTestClass().getAnnotation(OverPostgres.class);
      if (its.redis()) {
        RedisServer started = new RedisServer();
        started.start();
        redis = started;
      }
      Stores.atServer(Postgres.common(), its.one(), redis == null ? null : redis.at());
    }

    @Override
    public void afterAll(ExtensionContext context) {
      Stores.atServer(null, false, null);
      if (redis != null) {
        redis.close();
      }
    }
  }
}
