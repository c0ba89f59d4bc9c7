package tayyar.upstream;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tayyar.api.Target;
import tayyar.dialect.TargetDialect;

/**
 * The idle connections and request writers, by event loop and target. Each loop uses only its own
 * part.
 */
final class IdleConnections {
  private static final int IDLE_MAX = 256;

  private final Function<Target, TargetDialect> dialects;
  private final Map<EventLoop, Map<Target, OfTarget>> loops = new ConcurrentHashMap<>();

  /** The idle connections of one loop to one target; the one used last is used first. */
  static final class OfTarget {
    private final ArrayDeque<Connection> idle = new ArrayDeque<>();
    private final RequestBytes requests;

    OfTarget(Target target, TargetDialect dialect) {
      this.requests = new RequestBytes(target, dialect);
    }

    RequestBytes requests() {
      return requests;
    }

    /** Returns a connection that is certainly free, or null. */
    @Nullable Connection take() {
      Connection connection = idle.pollFirst();
      while (connection != null && !connection.isFree()) {
        connection.close();
        connection = idle.pollFirst();
      }
      return connection;
    }

    void put(Connection connection) {
      if (idle.size() >= IDLE_MAX) {
        connection.close();
      } else {
        idle.addFirst(connection);
      }
    }

    void remove(Connection connection) {
      idle.remove(connection);
    }
  }

  IdleConnections(Function<Target, TargetDialect> dialects) {
    this.dialects = dialects;
  }

  OfTarget of(EventLoop loop, Target target) {
    return loops
        .computeIfAbsent(loop, l -> new HashMap<>())
        .computeIfAbsent(target, t -> new OfTarget(t, dialects.apply(t)));
  }
}
