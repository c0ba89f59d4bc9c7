package tayyar.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * A connection that is valid only while its file is the one at its path. SQLite goes on with a file
 * that was removed or replaced, and nobody ever reads the rows that it writes there.
 */
final class FileConnection extends JDBC4Connection {
  /** Steps of SQLite between two looks at the clock; about a millisecond. */
  private static final int STEPS = 20_000;

  private final Path file;
  private final @Nullable Object opened;

  FileConnection(Path file, SQLiteConfig config) throws SQLException {
    // Read before the file is opened: if it is replaced meanwhile, the connection counts as
    // invalid.
    this.opened = identity(file);
    this.file = file;
    super("jdbc:sqlite:" + file, file.toString(), config.toProperties());
  }

  /** Makes each statement fail that runs when the connection is older than a time from now. */
  void endAfter(Duration most) throws SQLException {
    long until = System.nanoTime() + most.toNanos();
    ProgressHandler.setHandler(
        this,
        STEPS,
        new ProgressHandler() {
          @Override
          protected int progress() {
            return System.nanoTime() - until > 0 ? 1 : 0;
          }
        });
  }

  /** What only reads never waits for a writer, nor keeps one waiting. */
  @Override
  public void setReadOnly(boolean readOnly) {
    getConnectionConfig()
        .setTransactionMode(
            readOnly
                ? SQLiteConfig.TransactionMode.DEFERRED
                : SQLiteConfig.TransactionMode.IMMEDIATE);
  }

  /** Costs a system call. The timeout is not used. */
  @Override
  public boolean isValid(int timeout) throws SQLException {
    return !isClosed() && opened != null && Objects.equals(opened, identity(file));
  }

  /** The identity of the file at a path; null where there is none. */
  static @Nullable Object identity(Path file) {
    try {
      Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      // A system without file keys does not let an open file be replaced.
      return key == null ? file : key;
    } catch (IOException e) {
      return null;
    }
  }
}
