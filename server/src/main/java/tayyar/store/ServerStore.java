package tayyar.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.StoreAddress;

/**
 * A database of a PostgreSQL server, 14 or later. Writers take turns by an advisory lock; the
 * ledger's transactions do not, they only add. Thread-safe.
 */
final class ServerStore implements Store {
  private static final Logger LOG = LoggerFactory.getLogger(Store.class);

  /** The longest wait for another writer. */
  private static final String SESSION = "SET lock_timeout = '1s'";

  /** For a connection of the pool, and for the answer to what is asked several times a second. */
  private static final Duration CONNECTION = Duration.ofSeconds(2);

  private static final int CONNECTIONS_MAX = 16;
  private static final int HURRIED_MAX = 4;

  private final StoreAddress.Server address;
  private final HikariDataSource pool;
  private final DataSource inTurns;
  private final Map<Duration, HikariDataSource> hurried = new ConcurrentHashMap<>();
  private final Listening listening;
  private volatile boolean lost;

  private ServerStore(StoreAddress.Server address) {
    this.address = address;
    this.pool = pool(address, "store", CONNECTIONS_MAX, SESSION);
    this.inTurns = InTurns.of(pool);
    this.listening = new Listening(() -> connect(address));
  }

  static ServerStore open(StoreAddress.Server address) {
    try (Connection connection = connect(address)) {
      ServerSchema.upgrade(connection, address);
    } catch (SQLException e) {
      throw new StoreException(sentence(address, e), e);
    }
    return new ServerStore(address);
  }

  static ServerStore openExisting(StoreAddress.Server address) {
    try (Connection connection = connect(address)) {
      if (ServerSchema.version(connection) == 0) {
        throw new StoreException(
            "The database '%s' has no tables; 'tayyar serve' or 'tayyar keys create' makes them."
                .formatted(address));
      }
    } catch (SQLException e) {
      throw new StoreException(sentence(address, e), e);
    }
    return open(address);
  }

  static String flaw(StoreAddress.Server address) {
    try (Connection connection = connect(address)) {
      return ServerSchema.flaw(connection, address);
    } catch (SQLException e) {
      return sentence(address, e);
    }
  }

  static boolean isCurrent(StoreAddress.Server address) {
    try (Connection connection = connect(address)) {
      return ServerSchema.version(connection) == Schema.LATEST;
    } catch (SQLException e) {
      return false;
    }
  }

  private static Connection connect(StoreAddress.Server address) throws SQLException {
    return DriverManager.getConnection(url(address), properties(address));
  }

  private static String url(StoreAddress.Server address) {
    String parameters = address.parameters();
    return "jdbc:postgresql://%s/%s%s"
        .formatted(
            address.hosts(), address.database(), parameters.isEmpty() ? "" : "?" + parameters);
  }

  /** What the address does not say itself. */
  private static Properties properties(StoreAddress.Server address) {
    Properties its = new Properties();
    usual(its, address, "ApplicationName", "tayyar");
    usual(its, address, "connectTimeout", "3");
    // A peer that is cut off tells nothing: an answer that takes longer is none.
    usual(its, address, "socketTimeout", "30");
    usual(its, address, "tcpKeepAlive", "true");
    if (address.hosts().contains(",")) {
      usual(its, address, "targetServerType", "primary");
    }
    if (!address.user().isEmpty()) {
      its.setProperty("user", address.user());
    }
    String password = address.password();
    if (password != null) {
      its.setProperty("password", password);
    }
    return its;
  }

  private static void usual(Properties to, StoreAddress.Server at, String name, String value) {
    if (!("&" + at.parameters()).contains("&" + name + "=")) {
      to.setProperty(name, value);
    }
  }

  private static HikariDataSource pool(
      StoreAddress.Server address, String name, int most, String session) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setJdbcUrl(url(address));
    config.setDataSourceProperties(properties(address));
    // Whatever the database's default is: locks are waited for, and what others wrote is seen then.
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setMaximumPoolSize(most);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECTION.toMillis());
    config.setValidationTimeout(CONNECTION.dividedBy(2).toMillis());
    config.setConnectionInitSql(session);
    // The store may be away at the beginning: whoever asks for a connection is told.
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }

  @Override
  public DataSource dataSource() {
    return inTurns;
  }

  @Override
  public DataSource ledgerSource() {
    return pool;
  }

  @Override
  public DataSource dataSource(Duration most) {
    return hurried.computeIfAbsent(
        most,
        its ->
            pool(
                address,
                "store-" + its.toMillis() + "ms",
                HURRIED_MAX,
                SESSION + "; SET statement_timeout = " + its.toMillis()));
  }

  @Override
  public long keysVersion() {
    try (Connection connection = pool.getConnection()) {
      connection.setNetworkTimeout(Runnable::run, (int) CONNECTION.toMillis());
      long version = version(connection);
      if (lost) {
        lost = false;
        LOG.atWarn().addKeyValue("store", address).log("the database is back");
      }
      return version;
    } catch (SQLException e) {
      lost = true;
      throw new StoreException("The keys' version cannot be read: " + e.getMessage(), e);
    }
  }

  private static long version(Connection on) throws SQLException {
    try (Statement statement = on.createStatement();
        ResultSet rows = statement.executeQuery("SELECT version FROM keys_version")) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  @Override
  public void onChange(Runnable changed) {
    listening.start(changed);
  }

  @Override
  public boolean lost() {
    return lost;
  }

  @Override
  public void close() {
    listening.close();
    hurried.values().forEach(HikariDataSource::close);
    pool.close();
  }

  private static String sentence(StoreAddress.Server address, @Nullable SQLException e) {
    return "The database '" + address + "' cannot be used: " + why(address, e) + ".";
  }

  /** What the driver says, and what it leaves out. */
  private static String why(StoreAddress.Server address, @Nullable SQLException e) {
    String said = e == null ? "" : String.valueOf(e.getMessage()).replaceFirst("\\.?\\s*$", "");
    if (e != null && e.getCause() instanceof UnknownHostException unknown) {
      return "no host is named '" + unknown.getMessage() + "'";
    }
    boolean lacking = address.password() == null && said.contains("no password was provided");
    return lacking ? said + "; give it as storePassword or PGPASSWORD" : said;
  }
}
