package tayyar.responses;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import tayyar.api.ApiError;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.dialect.Reply;
import tayyar.dialect.Talker;

/**
 * A client that reads the events of a response which goes on without it. Lives on the event loop of
 * the client's connection.
 */
final class Follower implements Talker {
  private static final int PIECE_BYTES = 32 * 1024;

  private final Running running;
  private final Reply client;
  private final EventLoop loop;
  private final Bounds bounds;
  private final String keyId;
  private int next;
  private boolean over;
  private boolean gone;
  private boolean sent;
  private long taken;
  private long waitsNanos = System.nanoTime();

  /**
   * Nothing is written yet.
   *
   * @param from the place of the first event
   * @param keyId the key that it reads with
   */
  Follower(Running running, Reply client, EventLoop loop, Bounds bounds, int from, String keyId) {
    this.running = running;
    this.client = client;
    this.loop = loop;
    this.bounds = bounds;
    this.next = from;
    this.keyId = keyId;
  }

  /** Begins; on the loop. */
  void start() {
    if (over) {
      return; // Its client has left meanwhile.
    }
    client.streamHead();
    client.flush();
    running.follow(this);
    write();
    beat();
  }

  /** There is more; any thread. */
  void more() {
    later(this::write);
  }

  /** Ends it where its key is one of these, which have become void; any thread. */
  void end(Map<String, ApiError> faults) {
    ApiError fault = faults.get(keyId);
    if (fault != null) {
      later(() -> failed(fault));
    }
  }

  private void later(Runnable step) {
    try {
      loop.execute(step);
    } catch (RejectedExecutionException e) {
      // The server has stopped, and its connections with it.
    }
  }

  /** The response goes on; only this reader hears of it. */
  @Override
  public void failed(ApiError error) {
    if (over) {
      return;
    }
    ByteBuf last = Unpooled.buffer();
    Failure.event(last, next, error);
    end(ByteBufUtil.getBytes(last));
  }

  private void write() {
    while (!over && client.writable()) {
      EventLog.Piece piece = running.log().from(next, PIECE_BYTES);
      next = piece.next();
      if (piece.last()) {
        end(piece.bytes());
      } else if (piece.bytes().length > 0) {
        sent = true;
        ByteBuf out = client.events();
        client.send(out.writeBytes(piece.bytes()));
      } else {
        return;
      }
    }
  }

  private void end(byte[] rest) {
    over = true;
    running.leave(this);
    ByteBuf out = client.events();
    client.end(out.writeBytes(rest).writeBytes(ResponsesEvents.DONE)).addListener(_ -> gone = true);
  }

  /** A sign of life in a silence, and the end of a client that reads nothing for too long. */
  private void beat() {
    long keepAlive = bounds.nanos(Deadline.KEEP_ALIVE);
    long stall = bounds.nanos(Deadline.CLIENT_STALL);
    long in = keepAlive > 0 ? Math.min(keepAlive, stall) : stall;
    loop.schedule(
        () -> {
          if (gone) {
            return;
          }
          long now = System.nanoTime();
          long waiting = client.waitingBytes();
          long took = client.sentBytes() - waiting;
          if (waiting == 0 || took > taken) {
            taken = took;
            waitsNanos = now;
          }
          if (now - waitsNanos >= stall) {
            clientGone();
            client.abort();
            return;
          }
          if (!over && !sent && keepAlive > 0 && client.writable()) {
            client.send(client.events().writeBytes(ResponsesEvents.KEEP_ALIVE));
          }
          sent = false;
          beat();
        },
        in,
        TimeUnit.NANOSECONDS);
  }

  @Override
  public void writabilityChanged() {
    write();
  }

  @Override
  public void clientGone() {
    over = true;
    gone = true;
    running.leave(this);
  }
}
