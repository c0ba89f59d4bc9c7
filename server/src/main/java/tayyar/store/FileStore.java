package tayyar.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
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
 * An SQLite file. Any number of threads and processes may read it at once; writers take turns, and
 * a writer that waits longer than a second fails. Thread-safe.
 */
final class FileStore implements Store {
  /**
   * The longest wait for another writer. It is short because SQLite waits in native code, which
   * pins a carrier of virtual threads.
   */
  private static final Duration BUSY = Duration.ofSeconds(1);

  /** The bits of the counter of key changes, more than there can be changes. */
  private static final int VERSION_BITS = 40;

  private static final Logger LOG = LoggerFactory.getLogger(Store.class);

  private final Path file;
  private final Connections connections;
  private Versions versions;
  private Together together;
  private long replaced;
  private volatile boolean lost;

  private FileStore(Path file, Connections connections) {
    this.file = file;
    this.connections = connections;
    this.versions = opened(file, connections);
    this.together = Together.at(file);
  }

  /** Gives connections to the file that is at the path at that moment, and never creates a file. */
  private static final class Connections extends SQLiteDataSource {
    private final Path file;
    private final Duration most;

    Connections(Path file, Duration most) {
      super(config());
      this.file = file;
      this.most = most;
    }

    @Override
    public SQLiteConnection getConnection(String user, String password) throws SQLException {
      var connection = new FileConnection(file, getConfig());
      if (!most.isZero()) {
        connection.endAfter(most);
      }
      return connection;
    }
  }

  /** The connection that is polled for the keys' version. */
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
   * Opens the database; creates its folder and tables where they are missing. Only the owner can
   * read the files: rights of others are taken away, with a line in the log.
   *
   * @throws StoreException when it can't be opened, created or brought up to date
   */
  static FileStore open(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    createOwned(absolute);
    return new FileStore(absolute, new Connections(absolute, Duration.ZERO));
  }

  /**
   * Opens a database that is there. A new one in its place would be taken up by a running server,
   * and all keys of the one before would be void.
   *
   * @throws StoreException when it is not there, or can't be opened or brought up to date
   */
  static FileStore openExisting(Path file) {
    if (!Files.exists(file)) {
      throw new StoreException(
          "There is no database '" + file + "'; 'tayyar serve' or 'tayyar keys create' makes one.");
    }
    return open(file);
  }

  /**
   * Whether anybody has the database open, as a running server has: who closes it last removes its
   * log.
   */
  static boolean isOpen(Path file) {
    return Files.exists(Together.log(file));
  }

  /**
   * Looks at the file, or at the place where it would be made, and changes nothing.
   *
   * @return a sentence saying why {@link #open} would fail; empty where nothing speaks against it
   */
  static String flaw(Path file) {
    String why = Sight.flaw(file.toAbsolutePath().normalize());
    return why.isEmpty() ? "" : "The database '" + file + "' cannot be used: " + why + ".";
  }

  /** Whether a file is a database of this version, so that opening it brings nothing up to date. */
  static boolean isCurrent(Path file) {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    SQLiteConfig looking = new SQLiteConfig();
    looking.setReadOnly(true);
    try (Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + file, looking.toProperties())) {
      return Schema.version(connection) == Schema.LATEST;
    } catch (SQLException e) {
      return false;
    }
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

  /**
   * Whether another process is switching a new file to a write-ahead log; SQLite does not wait for
   * that.
   */
  private static boolean isBusy(SQLException e) {
    return (e.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_BUSY.code;
  }

  /**
   * {@link Connection#isValid} says whether the file is still the one at its path: rows in any
   * other file are lost.
   */
  @Override
  public DataSource dataSource() {
    return connections;
  }

  @Override
  public DataSource ledgerSource() {
    return connections;
  }

  @Override
  public DataSource dataSource(Duration most) {
    return new Connections(file, most);
  }

  @Override
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

  /** Nobody tells: the version has to be read again and again. */
  @Override
  public void onChange(Runnable changed) {}

  @Override
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

  /** Moves the log's last rows into the old file, wherever it is now. */
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

  /** Closes the store's own connections; those that were given away belong to their holders. */
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
    // With a write-ahead log this costs no consistency, only the last moments before a power cut.
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    // Rows are written at the end of table and indexes: the fewer checkpoints, the fewer times a
    // page is copied.
    config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, "4000");
    // A connection has one holder, so SQLite need not lock it at each call.
    config.setOpenMode(SQLiteOpenMode.NOMUTEX);
    // The file was created before, with its modes; a lost file must not be created anew in silence.
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    // Nobody reads generated keys, and they would cost one more query for each row.
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
