package tayyar.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts no faster than connections without room are closed, so that a burst of clients does not
 * use up the files that the process may open. Those not accepted yet wait in the kernel. Stands in
 * the listener's pipeline.
 */
final class Accepting extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Accepting.class);

  /** Connections above the bound at once: each replaces an idle one, or is closed. */
  private static final int ABOVE = 32;

  private static final int PAUSE_MILLIS = 1_000;

  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final int most;

  /** The longest that connections are accepted for once the listener is to be closed. */
  private static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final AtomicInteger open = new AtomicInteger();
  private int accepted;
  private volatile boolean paused;

  /**
   * Begins.
   *
   * @param connectionsMax open connections at once
   */
  Accepting(int connectionsMax) {
    this.most =
        connectionsMax > Integer.MAX_VALUE - ABOVE ? connectionsMax : connectionsMax + ABOVE;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Channel listener = ctx.channel();
    accepted++;
    ((Channel) message).closeFuture().addListener(closed -> left(listener));
    if (open.incrementAndGet() >= most) {
      listener.config().setAutoRead(false);
      resume(listener);
    }
    ctx.fireChannelRead(message);
  }

  private void left(Channel listener) {
    open.decrementAndGet();
    resume(listener);
  }

  /** Called after each change, so that of two changes at once the later one sees both. */
  private void resume(Channel listener) {
    if (!paused && open.get() < most && !listener.config().isAutoRead()) {
      listener.config().setAutoRead(true);
    }
  }

  /**
   * Closes the listener once nobody waits in the kernel: whoever does would be reset, perhaps with
   * his request on the way.
   */
  void close(Channel listener) {
    long until = System.nanoTime() + LAST_NANOS;
    listener.eventLoop().execute(() -> close(listener, -1, until));
  }

  /** The loop accepts one at each turn, so that none has come where none was accepted meanwhile. */
  private void close(Channel listener, int before, long until) {
    int now = accepted;
    Runnable again = () -> close(listener, now, until);
    if (now == before || System.nanoTime() > until) {
      listener.close();
    } else {
      listener.eventLoop().schedule(again, QUIET_NANOS, TimeUnit.NANOSECONDS);
    }
  }

  /** The system has no file or no memory for a connection: it is tried again later. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.warn("no connection is accepted for a second: {}", cause.getMessage());
    paused = true;
    ctx.channel().config().setAutoRead(false);
    ctx.executor().schedule(() -> again(ctx.channel()), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void again(Channel listener) {
    paused = false;
    resume(listener);
  }
}
