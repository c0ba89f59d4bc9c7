package tayyar.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.Executor;
import jdk.net.ExtendedSocketOptions;
import tayyar.api.Target.Address;

/** The sockets' transport. Immutable and safe for use by any thread. */
public enum Transport {
  /** Linux. */
  EPOLL,
  /** Everywhere. */
  NIO;

  private static final int QUIET_SECONDS = 30;
  private static final int PROBE_SECONDS = 10;
  private static final int PROBES = 3;

  /** The best one this machine has. */
  public static Transport best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  /** Bytes of memory that the buffers of all sockets hold now; any thread may ask. */
  public static long bufferBytes() {
    return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider known
        ? known.metric().usedDirectMemory()
        : 0;
  }

  /**
   * Starts event loops.
   *
   * @param threads at least 1
   */
  public EventLoopGroup loops(int threads) {
    return new MultiThreadIoEventLoopGroup(
        threads, new DefaultThreadFactory("loop", true), handlers()) {
      @Override
      protected IoEventLoop newChild(
          Executor executor, IoHandlerFactory handlers, Object... others) {
        return new Loop(this, executor, handlers);
      }
    };
  }

  private IoHandlerFactory handlers() {
    return switch (this) {
      case EPOLL -> KeptSockets.factory();
      case NIO -> NioIoHandler.newFactory();
    };
  }

  /** Makes listening channels for an address. */
  public ChannelFactory<? extends ServerChannel> servers(Address address) {
    boolean unix = address instanceof Address.Unix;
    return switch (this) {
      case EPOLL -> unix ? EpollServerDomainSocketChannel::new : EpollServerSocketChannel::new;
      case NIO -> unix ? NioServerDomainSocketChannel::new : NioServerSocketChannel::new;
    };
  }

  /** Makes connecting channels for an address. */
  public ChannelFactory<? extends Channel> clients(Address address) {
    boolean unix = address instanceof Address.Unix;
    return switch (this) {
      case EPOLL -> unix ? EpollDomainSocketChannel::new : EpollSocketChannel::new;
      case NIO -> () -> Unread.nio(unix);
    };
  }

  /**
   * Lets the kernel notice within a minute that a peer is gone without a word: on an idle
   * connection by keep-alive probes, otherwise by bytes that the peer does not acknowledge. TCP
   * only.
   */
  public void watch(Bootstrap connecting) {
    connecting.option(ChannelOption.SO_KEEPALIVE, true);
    switch (this) {
      case EPOLL -> {
        connecting.option(EpollChannelOption.TCP_KEEPIDLE, QUIET_SECONDS);
        connecting.option(EpollChannelOption.TCP_KEEPINTVL, PROBE_SECONDS);
        connecting.option(EpollChannelOption.TCP_KEEPCNT, PROBES);
        int gone = (QUIET_SECONDS + PROBES * PROBE_SECONDS) * 1000;
        connecting.option(EpollChannelOption.TCP_USER_TIMEOUT, gone);
      }
      case NIO -> {
        connecting.option(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), QUIET_SECONDS);
        connecting.option(
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), PROBE_SECONDS);
        connecting.option(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), PROBES);
      }
    }
  }

  /**
   * Whether a channel of {@link #clients} has nothing to read, neither a byte nor an end that its
   * loop does not know of. Where it has, the caller must close the channel. Costs a system call; to
   * be called on the channel's loop.
   */
  public static boolean isQuiet(Channel channel) {
    return Unread.none(channel);
  }

  /** The address in this transport's own form; a host name stays unresolved. */
  public SocketAddress socketAddress(Address address) {
    if (address instanceof Address.Unix unix) {
      return this == NIO
          ? UnixDomainSocketAddress.of(unix.path())
          : new DomainSocketAddress(unix.path());
    }
    Address.Tcp tcp = (Address.Tcp) address;
    return InetSocketAddress.createUnresolved(tcp.host(), tcp.port());
  }
}
