package tayyar.store;

import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import tayyar.api.StoreAddress;

/**
 * The database: keys, accounts and the ledger, in an SQLite file or at a PostgreSQL server. Any
 * number of threads and processes may read it at once. Thread-safe.
 */
public sealed interface Store extends AutoCloseable permits FileStore, ServerStore {

  /**
   * Opens the store, and makes its tables where they are missing; an SQLite file too, which only
   * its owner can read.
   *
   * @throws StoreException when it can't be opened, made or brought up to date
   */
  static Store open(StoreAddress at) {
    return switch (at) {
      case StoreAddress.File(Path file) -> FileStore.open(file);
      case StoreAddress.Server server -> ServerStore.open(server);
    };
  }

  /** Opens an SQLite file, as {@link #open(StoreAddress)} does. */
  static Store open(Path file) {
    return open(new StoreAddress.File(file));
  }

  /**
   * Opens a store that is there. A new one in its place would be taken up by a running server, and
   * all keys of the one before would be void.
   *
   * @throws StoreException when it is not there, or can't be opened or brought up to date
   */
  static Store openExisting(StoreAddress at) {
    return switch (at) {
      case StoreAddress.File(Path file) -> FileStore.openExisting(file);
      case StoreAddress.Server server -> ServerStore.openExisting(server);
    };
  }

  /** Whether anybody may have the store open, as a running server has. */
  static boolean isOpen(StoreAddress at) {
    return !(at instanceof StoreAddress.File(Path file)) || FileStore.isOpen(file);
  }

  /**
   * Looks at a store, or at the place where a file would be made, and changes nothing. Blocks, for
   * some seconds where a server does not answer.
   *
   * @return a sentence saying why {@link #open} would fail; empty where nothing speaks against it
   */
  static String flaw(StoreAddress at) {
    return switch (at) {
      case StoreAddress.File(Path file) -> FileStore.flaw(file);
      case StoreAddress.Server server -> ServerStore.flaw(server);
    };
  }

  /** Whether a store has the tables of this version, so that opening it changes nothing. */
  static boolean isCurrent(StoreAddress at) {
    return switch (at) {
      case StoreAddress.File(Path file) -> FileStore.isCurrent(file);
      case StoreAddress.Server server -> ServerStore.isCurrent(server);
    };
  }

  /**
   * Gives connections, each the caller's own until closed. A transaction begins as a writer, once
   * {@link java.sql.Connection#setAutoCommit auto-commit} is switched off: writers take turns, a
   * writer that waits longer than a second fails, and what one has read stays true until it
   * commits. A connection that is {@link java.sql.Connection#setReadOnly read-only} waits for
   * nobody.
   */
  DataSource dataSource();

  /**
   * Gives connections for the ledger, whose transactions only add: where the database can, they
   * wait for no other writer.
   */
  DataSource ledgerSource();

  /**
   * Gives connections for what must not take long: statements that take longer fail.
   *
   * @param most above zero
   */
  DataSource dataSource(Duration most);

  /**
   * A number that changes when this process or another one makes, revokes or changes a key, and
   * when a file is replaced; not when a key is used. It is cheap, and should be read several times
   * a second: only this read notices that the database is away, gone or replaced.
   *
   * @throws StoreException when the database can't be read
   */
  long keysVersion();

  /**
   * Says who is told at once when that number may have changed, where the database tells it; on
   * another thread.
   */
  void onChange(Runnable changed);

  /** Whether the database is away, or the file gone or another one that can't be used. */
  boolean lost();

  /** Closes the store's own connections. */
  @Override
  void close();
}
