package tayyar.stream;

import io.netty.channel.EventLoop;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import tayyar.api.Bounds;
import tayyar.api.Deadline;
import tayyar.api.InferenceRequest;
import tayyar.api.Outcome;
import tayyar.dialect.Answer;
import tayyar.dialect.Reply;
import tayyar.wire.Deadlines;

/**
 * The client's deadlines: for the whole answer, for the head, for the next sign of life, and for
 * bytes that the client does not take. A silent source is the target's {@code Patience}'s to judge.
 * Used on one event loop.
 */
final class ClientWatch {
  private final Reply reply;
  private final Answer answer;
  private final boolean stream;
  private final long startedNanos;
  private final Bounds bounds;
  private final Consumer<Outcome> end;
  private final LongSupplier clock;
  private final Deadlines deadlines;
  private boolean ending;
  private boolean stopped;
  private long sentNanos;
  private long takenBytes;
  private long stallNanos;

  /**
   * Creates a watch that has not started.
   *
   * @param end called with the outcome when a deadline passes
   * @param clock nanoseconds, as {@link System#nanoTime()}
   */
  ClientWatch(
      Reply reply,
      Answer answer,
      InferenceRequest request,
      long startedNanos,
      Bounds bounds,
      Consumer<Outcome> end,
      EventLoop loop,
      LongSupplier clock) {
    this.reply = reply;
    this.answer = answer;
    this.stream = request.stream();
    this.startedNanos = startedNanos;
    this.bounds = bounds;
    this.end = end;
    this.clock = clock;
    this.deadlines = new Deadlines(loop, clock, this::look);
    this.sentNanos = startedNanos;
    this.stallNanos = startedNanos;
  }

  void start() {
    deadlines.start(nextLook(clock.getAsLong()));
  }

  /** Notes that bytes were sent: a sign of life. */
  void sent(long nanos) {
    sentNanos = nanos;
  }

  /** Watches nothing from now on but the last bytes of the answer. */
  void ending() {
    ending = true;
  }

  void stop() {
    stopped = true;
    deadlines.stop();
  }

  private long look(long now) {
    if (stalled(now)) {
      end.accept(new Outcome.TimedOut(Outcome.Phase.CLIENT_READ));
    } else if (!ending) {
      if (now - startedNanos >= bounds.nanos(Deadline.TOTAL)) {
        end.accept(new Outcome.TimedOut(Outcome.Phase.TOTAL));
      } else {
        signOfLife(now);
      }
    }
    return stopped ? 0 : nextLook(now);
  }

  private boolean stalled(long now) {
    long waiting = reply.waitingBytes();
    long taken = reply.sentBytes() - waiting;
    if (waiting == 0 || taken > takenBytes) {
      takenBytes = taken;
      stallNanos = now;
    }
    return now - stallNanos >= bounds.nanos(Deadline.CLIENT_STALL);
  }

  private void signOfLife(long now) {
    if (now - startedNanos >= bounds.nanos(Deadline.HEAD_HOLD)) {
      answer.release();
    }
    if (keepsAlive() && now - sentNanos >= bounds.nanos(Deadline.KEEP_ALIVE)) {
      answer.keepAlive();
      sentNanos = now;
    }
  }

  private boolean keepsAlive() {
    return stream && answer.headOut() && bounds.nanos(Deadline.KEEP_ALIVE) > 0;
  }

  private long nextLook(long now) {
    long in = bounds.nanos(Deadline.CLIENT_STALL) / 2;
    if (!ending) {
      in = Math.min(in, startedNanos + bounds.nanos(Deadline.TOTAL) - now);
      if (stream && !answer.headOut()) {
        in = Math.min(in, startedNanos + bounds.nanos(Deadline.HEAD_HOLD) - now);
      }
      if (keepsAlive()) {
        in = Math.min(in, sentNanos + bounds.nanos(Deadline.KEEP_ALIVE) - now);
      }
    }
    return Math.max(in, 1_000_000);
  }
}
