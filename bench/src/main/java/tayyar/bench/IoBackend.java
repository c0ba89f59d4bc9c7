package tayyar.bench;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.Executor;

/** The sockets' transport. Safe for use by any thread. */
enum IoBackend {
  /** Linux. */
  EPOLL,
  /** Everywhere. */
  NIO;

  /** The best one this machine has. */
  static IoBackend best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  /** Starts event loops. */
  EventLoopGroup loops(int threads) {
    return new MultiThreadIoEventLoopGroup(threads, handlers()) {
      @Override
      protected IoEventLoop newChild(
          Executor executor, IoHandlerFactory handlers, Object... others) {
        return new Loop(this, executor, handlers);
      }
    };
  }

  private IoHandlerFactory handlers() {
    return switch (this) {
      case EPOLL -> EpollIoHandler.newFactory();
      case NIO -> NioIoHandler.newFactory();
    };
  }

  /** Closes at its end what Netty leaves open where it is told to end within a turn. */
  private static final class Loop extends SingleThreadIoEventLoop {
    Loop(IoEventLoopGroup group, Executor executor, IoHandlerFactory handlers) {
      super(group, executor, handlers);
    }

    @Override
    protected void run() {
      super.run();
      if (isShuttingDown()) {
        ioHandler().prepareToDestroy();
        runAllTasks();
      }
    }
  }

  /** Makes connecting channels. */
  ChannelFactory<? extends Channel> channels(boolean unix) {
    return switch (this) {
      case EPOLL -> unix ? EpollDomainSocketChannel::new : EpollSocketChannel::new;
      case NIO -> unix ? NioDomainSocketChannel::new : NioSocketChannel::new;
    };
  }

  /** The address of a Unix socket in this transport's form. */
  SocketAddress unix(String path) {
    return switch (this) {
      case EPOLL -> new DomainSocketAddress(path);
      case NIO -> UnixDomainSocketAddress.of(path);
    };
  }
}
