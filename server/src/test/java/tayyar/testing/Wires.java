package tayyar.testing;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sees each of Netty's channels as it is made, and so gives tests a way into the gateway that it
 * knows nothing of: its event loops and their timers, and a handler between it and its sockets.
 * Netty finds it by META-INF/services where {@code -Dio.netty.bootstrap.extensions=serviceload}
 * says so. Safe for use by any thread.
 */
public final class Wires extends ChannelInitializerExtension {
  private static final Set<ServerChannel> SERVERS = ConcurrentHashMap.newKeySet();
  private static volatile @Nullable Tap tap;

  /** Gives new channels a handler that stands nearest to the socket. */
  interface Tap {
    /** The handler of a channel that connects somewhere; null for none. */
    @Nullable ChannelHandler connecting();

    /** The handler of a channel that a listening one has accepted; null for none. */
    @Nullable ChannelHandler accepted(Channel listening);
  }

  /** For Netty. */
  public Wires() {}

  /** Taps all channels that are made from now on, or none. */
  static void tap(@Nullable Tap now) {
    tap = now;
  }

  /** The timers that are set on the event loops of the server at an address, in words. */
  static List<String> timers(InetSocketAddress listening) {
    List<String> timers = new ArrayList<>();
    for (EventExecutor loop : loops(listening)) {
      timers.addAll(
          loop.submit(() -> timers((AbstractScheduledEventExecutor) loop))
              .syncUninterruptibly()
              .getNow());
    }
    return timers;
  }

  private static EventLoopGroup loops(InetSocketAddress listening) {
    for (ServerChannel server : SERVERS) {
      if (listening.equals(server.localAddress())) {
        return Objects.requireNonNull(server.eventLoop().parent());
      }
    }
    throw new IllegalStateException(
        "nothing listens there that was seen; is io.netty.bootstrap.extensions set?");
  }

  /** Netty keeps its timers to itself. */
  private static List<String> timers(AbstractScheduledEventExecutor loop)
      throws ReflectiveOperationException {
    Field field = AbstractScheduledEventExecutor.class.getDeclaredField("scheduledTaskQueue");
    field.setAccessible(true);
    Collection<?> timers = (Collection<?>) field.get(loop);
    return timers == null ? List.of() : timers.stream().map(Object::toString).toList();
  }

  @Override
  public void postInitializeServerListenerChannel(ServerChannel channel) {
    SERVERS.add(channel);
    channel.closeFuture().addListener(_ -> SERVERS.remove(channel));
  }

  @Override
  public void postInitializeClientChannel(Channel channel) {
    Tap now = tap;
    put(channel, now == null ? null : now.connecting());
  }

  @Override
  public void postInitializeServerChildChannel(Channel channel) {
    Tap now = tap;
    put(channel, now == null ? null : now.accepted(channel.parent()));
  }

  private static void put(Channel channel, @Nullable ChannelHandler handler) {
    if (handler != null) {
      channel.pipeline().addFirst(handler);
    }
  }
}
