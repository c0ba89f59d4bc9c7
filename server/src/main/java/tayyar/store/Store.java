package tayyar.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;

/**
 * The SQLite database: keys and ledger. Any number of threads and processes may read it at once;
 * writers take turns, and one that waits longer than a second fails. Thread-safe.
 */
public final class Store implements AutoCloseable {
  /** Short, because SQLite waits in native code and so keeps a carrier of virtual threads. */
  private static final Duration BUSY = Duration.ofSeconds(1);

  /** Above any number of changes of keys. */
  private static final int VERSION_BITS = 40;

  private static final Logger LOG = LoggerFactory.getLogger(Store.class);

  private final Path file;
  private final Connections connections;
  private Versions versions;
  private Together together;
  private long replaced;
  private volatile boolean lost;

  private Store(Path file, Connections connections) {
    this.file = file;
    this.connections = connections;
    this.versions = opened(file, connections);
    this.together = Together.at(file);
  }

  /** Gives connections to the file that is at the path at that moment, and makes none. */
  private static final class Connections extends SQLiteDataSource {
    private final Path file;

    Connections(Path file) {
      super(config());
      this.file = file;
    }

    @Override
    public SQLiteConnection getConnection(String user, String password) throws SQLException {
      return new FileConnection(file, getConfig());
    }
  }

  /** A connection that is asked for the keys' version again and again. */
  private record Versions(Connection connection, PreparedStatement ask) {
    static Versions on(Connection open) throws SQLException {
      try {
        return new Versions(open, open.prepareStatement("SELECT version FROM keys_version"));
      } catch (SQLException e) {
        open.close();
        throw e;
      }
    }
  }

  /**
   * Opens the database, with its folder and its tables if they are not there yet. Its files can be
   * read by their owner alone; those that were open to others are closed to them, with a line in
   * the log.
   *
   * @throws StoreException when it can't be opened, created or brought up to date
   */
  public static Store open(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    createOwned(absolute);
    return new Store(absolute, new Connections(absolute));
  }

  private static Versions opened(Path file, Connections connections) {
    Owner.close(file);
    long until = System.nanoTime() + BUSY.toNanos();
    while (true) {
      try (Connection connection = connections.getConnection()) {
        Schema.upgrade(connection, file);
        return Versions.on(connections.getConnection());
      } catch (SQLException e) {
        if (!isBusy(e) || System.nanoTime() - until > 0) {
          throw new StoreException(sentence(file, e), e);
        }
        LockSupport.parkNanos(5_000_000);
      }
    }
  }

  /** While somebody else turns a new file's journal into a log, SQLite waits for nobody. */
  private static boolean isBusy(SQLException e) {
    return (e.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_BUSY.code;
  }

  /**
   * Gives connections. Each is a new one, the caller's own until closed; transactions begin as
   * writers, so that they can't fail for another writer half-way. {@link Connection#isValid} says
   * whether the file is still the one at its path: what is written to another is lost.
   */
  public DataSource dataSource() {
    return connections;
  }

  /**
   * A number that changes whenever a key was made, revoked or otherwise changed, by this process or
   * another, and when the file has become another one; not when a key was used. Cheap enough to be
   * asked several times a second, and to be: it is what notices that the file is gone or another.
   *
   * @throws StoreException when the database can't be asked
   */
  public synchronized long keysVersion() {
    try {
      if (!versions.connection.isValid(0)) {
        openAgain();
      }
      try (ResultSet rows = versions.ask.executeQuery()) {
        return (replaced << VERSION_BITS) + (rows.next() ? rows.getLong(1) : 0);
      }
    } catch (SQLException e) {
      throw new StoreException("The keys' version cannot be read: " + e.getMessage(), e);
    }
  }

  /** Whether the file is gone, or another one is in its place that can't be used. */
  public boolean lost() {
    return lost;
  }

  private void openAgain() throws SQLException {
    boolean first = !lost;
    lost = true;
    leave();
    if (!Files.exists(file)) {
      throw new StoreException(
          "The database '" + file + "' is gone; it is used again once it is back.");
    }
    try {
      together.part(file);
    } catch (IOException e) {
      throw new StoreException("The log of the database before cannot be removed: " + e + ".", e);
    }
    versions = opened(file, connections);
    together = Together.at(file);
    replaced++;
    lost = false;
    LOG.atWarn()
        .addKeyValue("file", file)
        .log(first ? "the database is another file now" : "the database is back");
  }

  /** What is only in the log goes into the file that is left, wherever it is now. */
  private void leave() {
    try (Connection left = versions.connection) {
      if (!left.isClosed()) {
        try (Statement statement = left.createStatement()) {
          statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
      }
    } catch (SQLException e) {
      LOG.atWarn().addKeyValue("file", file).setCause(e).log("a removed database is incomplete");
    }
  }

  /** Closes what the store itself holds open; connections given away are their holders'. */
  @Override
  public synchronized void close() {
    try {
      versions.connection.close();
    } catch (SQLException e) {
      throw new StoreException("The database cannot be closed: " + e.getMessage(), e);
    }
  }

  private static SQLiteConfig config() {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    // With a write-ahead log this loses no consistency, only the last moments before a power cut.
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    // Rows are written at the end of table and indexes: the fewer checkpoints, the fewer times a
    // page is copied.
    config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, "4000");
    // A connection is its holder's alone, so SQLite need not lock it at each call.
    config.setOpenMode(SQLiteOpenMode.NOMUTEX);
    // The file is made with its modes before; one that is gone is not made anew in silence.
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    // Nobody asks for them, and they would be one more query behind each row.
    config.setGetGeneratedKeys(false);
    config.setBusyTimeout((int) BUSY.toMillis());
    config.enforceForeignKeys(true);
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    return config;
  }

  private static void createOwned(Path file) {
    try {
      Path folder = file.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.createFile(file, Owner.alone(file));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isRegularFile(file)) {
        throw new StoreException("The database '" + file + "' cannot be opened: it is no file.", e);
      }
    } catch (IOException e) {
      throw new StoreException(
          "The database '" + file + "' cannot be created: " + reason(e) + ".", e);
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.AccessDeniedException denied -> "no permission";
      case FileAlreadyExistsException exists -> "'" + exists.getFile() + "' is no folder";
      default -> String.valueOf(e.getMessage());
    };
  }

  private static String sentence(Path file, SQLException e) {
    return "The database '" + file + "' cannot be opened: " + e.getMessage() + ".";
  }
}
