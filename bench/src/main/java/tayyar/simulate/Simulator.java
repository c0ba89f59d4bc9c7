package tayyar.simulate;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A scripted upstream: POST .../chat/completions, .../completions, .../embeddings, .../responses
 * and .../responses/input_tokens, Anthropic's .../messages and .../messages/count_tokens, Google's
 * .../models/NAME:generateContent and :streamGenerateContent, and GET .../models, under any path.
 * Its {@link Script} decides the answers; a request can have its own words in its last text, {@code
 * [[tokens=20 pace=5ms cut@7]]}, or in the body's key {@code simulate}. With a {@code
 * response_format} of JSON it answers with JSON of the schema; with tools and {@code calls@0} it
 * calls the tools. Safe for all threads.
 */
public final class Simulator implements AutoCloseable {
  private static final int REMEMBERED = 256;
  private static final boolean EPOLL = Epoll.isAvailable();

  private final EventLoopGroup loops;
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final BlockingQueue<ReceivedRequest> requests = new LinkedBlockingQueue<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicInteger answering = new AtomicInteger();
  private final AtomicInteger accepted = new AtomicInteger();
  private @Nullable Channel server;
  private volatile boolean refusing;
  private volatile Script script;

  private Simulator(EventLoopGroup loops, Script script) {
    this.loops = loops;
    this.script = script;
  }

  private void bind(InetSocketAddress listen) throws InterruptedException {
    server =
        new ServerBootstrap()
            .group(loops)
            .channel(EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 4096)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new Pipeline())
            .bind(listen)
            .sync()
            .channel();
  }

  /**
   * Starts with one thread.
   *
   * @param listen where to listen; port 0 takes a free one
   * @param script what all answers have in common
   * @throws IOException where the address can't be had
   */
  public static Simulator start(InetSocketAddress listen, Script script) throws IOException {
    return start(listen, script, 1);
  }

  /**
   * Starts.
   *
   * @param listen where to listen; port 0 takes a free one
   * @param script what all answers have in common
   * @param threads at least 1
   * @throws IOException where the address can't be had
   */
  public static Simulator start(InetSocketAddress listen, Script script, int threads)
      throws IOException {
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            threads, EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    Simulator simulator = new Simulator(loops, script);
    try {
      simulator.bind(listen);
      return simulator;
    } catch (Exception e) {
      var _ = loops.shutdownGracefully();
      throw new IOException("can't listen on " + listen + ": " + e.getMessage(), e);
    }
  }

  /** The address it listens on. */
  public InetSocketAddress address() {
    return (InetSocketAddress) Objects.requireNonNull(server).localAddress();
  }

  /** What all answers have in common. */
  public Script script() {
    return script;
  }

  /** Changes the script of all later answers. */
  public void script(Script now) {
    script = now;
  }

  /** Whether new connections are closed at once. */
  public void refusing(boolean now) {
    refusing = now;
  }

  /**
   * Takes the oldest request that was not taken yet. It keeps the last 256 requests.
   *
   * @throws IllegalStateException where none comes in time
   */
  public ReceivedRequest next(Duration most) {
    try {
      ReceivedRequest received = requests.poll(most.toNanos(), TimeUnit.NANOSECONDS);
      if (received == null) {
        throw new IllegalStateException("no request came within " + most);
      }
      return received;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    }
  }

  /** Forgets the requests that nobody has taken. */
  public void forget() {
    requests.clear();
  }

  /** Closes all connections, whatever they are doing. */
  public void closeConnections() {
    channels.close().syncUninterruptibly();
  }

  /** The number of requests so far. */
  public long requests() {
    return numbers.get();
  }

  /** The number of requests whose answers have not ended. */
  public int answering() {
    return answering.get();
  }

  /** The number of connections accepted so far. */
  public int accepted() {
    return accepted.get();
  }

  /** The number of open connections. */
  public int openConnections() {
    return channels.size();
  }

  /** Mistakes of the simulator's own; empty where all is well. */
  public Queue<Throwable> failures() {
    return failures;
  }

  void opened(Channel channel) {
    accepted.incrementAndGet();
    channels.add(channel);
    if (refusing) {
      var _ = channel.close();
    }
  }

  void asked(ReceivedRequest received) {
    numbers.incrementAndGet();
    answering.incrementAndGet();
    received.onEnd(answering::decrementAndGet);
    while (requests.size() >= REMEMBERED) {
      requests.poll();
    }
    requests.add(received);
  }

  long number() {
    return numbers.get();
  }

  void failed(Throwable cause) {
    if (!(cause instanceof IOException)) {
      failures.add(cause);
    }
  }

  /** Closes all connections and stops. */
  @Override
  public void close() {
    refusing = true;
    // Netty's loops may leave open what is open when they end.
    if (server != null) {
      server.close().awaitUninterruptibly();
    }
    channels.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private final class Pipeline extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      channel.pipeline().addLast(new HttpRequestDecoder(), new AcceptedConnection(Simulator.this));
    }
  }
}
