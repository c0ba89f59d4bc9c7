package tayyar.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
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

  private final SQLiteDataSource dataSource;
  private final Connection versions;
  private final PreparedStatement keysVersion;

  private Store(SQLiteDataSource dataSource, Connection versions) throws SQLException {
    this.dataSource = dataSource;
    this.versions = versions;
    this.keysVersion = versions.prepareStatement("SELECT version FROM keys_version");
  }

  private static Store on(SQLiteDataSource dataSource) throws SQLException {
    Connection versions = dataSource.getConnection();
    try {
      return new Store(dataSource, versions);
    } catch (SQLException e) {
      versions.close();
      throw e;
    }
  }

  /**
   * Opens the database, with its folder and its tables if they are not there yet. A new file can be
   * read by its owner alone.
   *
   * @throws StoreException when it can't be opened, created or brought up to date
   */
  public static Store open(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    createOwned(absolute);
    SQLiteDataSource dataSource = new SQLiteDataSource(config());
    dataSource.setUrl("jdbc:sqlite:" + absolute);
    long until = System.nanoTime() + BUSY.toNanos();
    while (true) {
      try (Connection connection = dataSource.getConnection()) {
        Schema.upgrade(connection, absolute);
        return on(dataSource);
      } catch (SQLException e) {
        if (!isBusy(e) || System.nanoTime() - until > 0) {
          throw new StoreException(sentence(absolute, e), e);
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
   * writers, so that they can't fail for another writer half-way.
   */
  public DataSource dataSource() {
    return dataSource;
  }

  /**
   * A number that changes whenever a key was made, revoked or otherwise changed, by this process or
   * another; not when it was used. Cheap enough to be asked several times a second.
   *
   * @throws StoreException when the database can't be asked
   */
  public long keysVersion() {
    synchronized (versions) {
      try (ResultSet rows = keysVersion.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      } catch (SQLException e) {
        throw new StoreException("The keys' version cannot be read: " + e.getMessage(), e);
      }
    }
  }

  /** Closes what the store itself holds open; connections given away are their holders'. */
  @Override
  public void close() {
    synchronized (versions) {
      try {
        versions.close();
      } catch (SQLException e) {
        throw new StoreException("The database cannot be closed: " + e.getMessage(), e);
      }
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
      Files.createFile(file, ownerOnly(file));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isRegularFile(file)) {
        throw new StoreException("The database '" + file + "' cannot be opened: it is no file.", e);
      }
    } catch (IOException e) {
      throw new StoreException(
          "The database '" + file + "' cannot be created: " + reason(e) + ".", e);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path file) {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
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
