package tayyar.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tayyar.api.Room;

/**
 * The open connections of a listener. Where there are too many, one that is idle makes room for a
 * new one. Safe for use by any thread.
 */
final class Connections {
  private final Set<Connection> all = ConcurrentHashMap.newKeySet();
  private final int most;
  private final Room nobody;
  private volatile boolean draining;

  /**
   * None is open yet.
   *
   * @param most how many may be open at once
   * @param nobody the memory for connections without a request
   */
  Connections(int most, Room nobody) {
    this.most = most;
    this.nobody = nobody;
  }

  int count() {
    return all.size();
  }

  /** Registers a connection; returns whether there is room for it. */
  boolean opened(Connection connection) {
    all.add(connection);
    if (draining) {
      onItsLoop(connection, Connection::drain);
    }
    return all.size() <= most || makesRoom(connection, _ -> true);
  }

  void closed(Connection connection) {
    all.remove(connection);
  }

  /** Registers a connection again that was to make room but is in use. */
  void keep(Connection connection) {
    all.add(connection);
  }

  /**
   * Keeps so much memory free for connections to come: where it is not, closes an idle connection
   * that holds some.
   */
  void keepSpare(Connection newest, long bytes) {
    if (!hasSpare(bytes)) {
      makesRoom(newest, Connection::holdsMemory);
    }
  }

  /** Whether nobody's memory has room for so much more. */
  boolean hasSpare(long bytes) {
    boolean spare = nobody.take(bytes);
    if (spare) {
      nobody.give(bytes);
    }
    return spare;
  }

  /**
   * Closes an idle connection for the newest one. Removal from the set makes sure that nobody else
   * has chosen the same.
   */
  private boolean makesRoom(Connection newest, Predicate<Connection> which) {
    Connection idle;
    do {
      idle = anyIdle(newest, which);
    } while (idle != null && !all.remove(idle));
    if (idle != null) {
      onItsLoop(idle, Connection::makeRoom);
    }
    return idle != null;
  }

  private @Nullable Connection anyIdle(Connection newest, Predicate<Connection> which) {
    for (Connection each : all) {
      if (!each.equals(newest) && each.isIdle() && which.test(each)) {
        return each;
      }
    }
    return null;
  }

  /** Closes those that are idle; from now on no request is to follow another. */
  void drain() {
    draining = true;
    each(Connection::drain);
  }

  /** Whether they are drained. */
  boolean draining() {
    return draining;
  }

  /** Whether one is open on which no request has come yet. */
  boolean anyNew() {
    return all.stream().anyMatch(Connection::isNew);
  }

  /** Answers the requests that have not come to their ends. */
  void stop() {
    each(Connection::stop);
  }

  /** Closes all. */
  void close() {
    each(Connection::close);
  }

  private void each(Consumer<Connection> act) {
    all.forEach(connection -> onItsLoop(connection, act));
  }

  private static void onItsLoop(Connection connection, Consumer<Connection> act) {
    connection.channel().eventLoop().execute(() -> act.accept(connection.current()));
  }
}
