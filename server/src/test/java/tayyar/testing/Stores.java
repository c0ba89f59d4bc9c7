package tayyar.testing;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tayyar.api.StoreAddress;
import tayyar.redis.RedisAt;
import tayyar.store.Store;

/** The stores of tests: files, or, in a class that is {@link OverPostgres}, databases. */
public final class Stores {
  private static final Map<Path, StoreAddress> DATABASES = new ConcurrentHashMap<>();
  private static volatile @Nullable Postgres server;
  private static volatile StoreAddress.@Nullable Server first;
  private static volatile boolean one;
  private static volatile @Nullable RedisAt redis;

  private Stores() {}

  static void atServer(@Nullable Postgres its, boolean oneForAll, @Nullable RedisAt counters) {
    server = its;
    redis = counters;
    one = oneForAll;
    first = null;
    DATABASES.clear();
  }

  /** Whether stores are databases of a PostgreSQL server. */
  public static boolean isAtServer() {
    return server != null;
  }

  /** Where gateways of a server's store count limits; null for the store itself. */
  static @Nullable RedisAt redis() {
    return redis;
  }

  /** The store that a file is, or that stands for it. */
  public static StoreAddress at(Path file) {
    Postgres its = server;
    Path path = file.toAbsolutePath().normalize();
    return its == null
        ? new StoreAddress.File(path)
        : DATABASES.computeIfAbsent(path, journals -> database(its, journals));
  }

  private static StoreAddress database(Postgres its, Path journals) {
    StoreAddress.Server known = first;
    if (!one || known == null) {
      StoreAddress.Server made = its.database(journals);
      first = made;
      return made;
    }
    return new StoreAddress.Server(
        known.hosts(), known.database(), "", known.user(), null, journals);
  }

  /** Removes the database that stands for a file, if one does. */
  static void remove(Path file) {
    Postgres its = server;
    StoreAddress at = DATABASES.remove(file.toAbsolutePath().normalize());
    if (its != null && !one && at instanceof StoreAddress.Server one) {
      its.remove(one);
    }
  }

  /** What rows are sorted by to stand as they were written. */
  public static String written() {
    return isAtServer() ? "ctid" : "rowid";
  }

  /** 32 bytes that are all this one, as a statement writes them. */
  public static String bytes(String hex) {
    return (isAtServer() ? "'\\x" : "X'") + hex.repeat(32) + "'";
  }

  /** Opens it. */
  public static Store open(Path file) {
    return Store.open(at(file));
  }
}
