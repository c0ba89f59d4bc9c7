package tayyar.upstream;

import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.OffLimits;
import tayyar.api.Target;
import tayyar.process.Vital;

/**
 * One attempt to connect to a target. Its name is looked up each time; the addresses found are
 * tried in their order, all within one deadline. Lives on one event loop.
 */
final class Dial {
  private static final Logger LOG = LoggerFactory.getLogger(Dial.class);

  private final Upstreams upstreams;
  private final EventLoop loop;
  private final Target target;
  private final long untilNanos;
  private final Consumer<Connection> made;
  private final Runnable failed;
  private final Queue<SocketAddress> left = new ArrayDeque<>();
  private final ScheduledFuture<?> deadline;
  private @Nullable ChannelFuture connecting;
  private boolean over;

  /**
   * Creates an attempt that has not begun; its time runs already.
   *
   * @param most the longest wait
   * @param made receives the connection, on the loop
   * @param failed called with the reason where there is none, on the loop
   */
  Dial(
      Upstreams upstreams,
      EventLoop loop,
      Target target,
      Duration most,
      Consumer<Connection> made,
      Runnable failed) {
    this.upstreams = upstreams;
    this.loop = loop;
    this.target = target;
    this.made = made;
    this.failed = failed;
    this.untilNanos = System.nanoTime() + most.toNanos();
    this.deadline = loop.schedule(this::fail, most.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Begins. Called once, on the loop. */
  void start() {
    switch (upstreams.nextHop(target)) {
      case InetSocketAddress name when name.isUnresolved() ->
          Thread.ofVirtual().name("resolve").start(() -> lookUp(name));
      case SocketAddress address -> {
        left.add(address);
        next();
      }
    }
  }

  /** Gives the attempt up: closes the socket and calls nobody. */
  void cancel() {
    over = true;
    deadline.cancel(false);
    if (connecting != null) {
      connecting.channel().close();
    }
  }

  /** Looks the name up, on a thread that may block. Leaves out addresses that are off limits. */
  private void lookUp(InetSocketAddress name) {
    List<InetAddress> found;
    try {
      found = upstreams.names().find(name.getHostString());
    } catch (UnknownHostException e) {
      found = List.of();
    }
    List<InetAddress> allowed = found.stream().filter(one -> !OffLimits.address(one)).toList();
    if (allowed.size() < found.size()) {
      LOG.atWarn().addKeyValue("target", target.name()).log("the target is at a forbidden address");
    }
    loop.execute(
        () -> {
          allowed.forEach(one -> left.add(new InetSocketAddress(one, name.getPort())));
          next();
        });
  }

  /** Tries the next address, with its share of the time that is left. */
  private void next() {
    SocketAddress address = left.poll();
    if (over) {
      return;
    }
    if (address == null) {
      fail();
      return;
    }
    long millis = (untilNanos - System.nanoTime()) / 1_000_000 / (left.size() + 1);
    ChannelFuture its = upstreams.connect(loop, target, address, (int) Math.max(1, millis));
    connecting = its;
    its.addListener(_ -> told(its));
  }

  /**
   * Takes the result. Netty only logs what a listener throws, so a fatal error is looked for here.
   */
  private void told(ChannelFuture its) {
    try {
      connected(its);
    } catch (Throwable e) {
      Vital.check(e);
      throw e;
    }
  }

  private void connected(ChannelFuture its) {
    if (over) {
      return;
    }
    connecting = null;
    if (its.isSuccess()) {
      over = true;
      deadline.cancel(false);
      made.accept(its.channel().pipeline().get(Connection.class));
    } else {
      next();
    }
  }

  private void fail() {
    if (!over) {
      cancel();
      failed.run();
    }
  }
}
