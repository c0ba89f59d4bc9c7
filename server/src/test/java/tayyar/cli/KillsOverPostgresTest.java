package tayyar.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import tayyar.api.StoreAddress;
import tayyar.testing.Postgres;
import tayyar.testing.RedisServer;

/**
 * The same with a PostgreSQL server for the store, and the counters of limits there and in Redis in
 * turn. Fewer kills: what is killed is the same process with the same journal, and where its rows
 * go differs by a few statements.
 */
@Tag("socket")
final class KillsOverPostgresTest extends KillsTest {
  @RegisterExtension static final RedisServer REDIS = new RedisServer();

  private @Nullable StoreAddress database;

  @Override
  int kills() {
    return 16;
  }

  @Override
  StoreAddress at() {
    if (database == null) {
      database = Postgres.common().database(home.resolve("journals"));
    }
    return Objects.requireNonNull(database);
  }

  @Override
  String settings(int kill) {
    String store = "store: \"" + at() + "\"\n";
    String redis = "limits: { shared: \"redis://127.0.0.1:" + REDIS.port() + "\" }\n";
    return kill % 2 == 0 ? store : store + redis;
  }
}
