package tayyar.bench;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Lives on one event loop.
 *
 * <pre>
 *   sent --(head)--> answered --(events)--> ended, once: completed, failed or dropped
 * </pre>
 */
final class MeasuredRequest implements EventStream.Taker {
  private static final int EVENT_BYTES_MAX = 16 * 1024 * 1024;
  private static final int PLAIN_BYTES_MAX = 64 * 1024 * 1024;

  private final Lane lane;
  private final EndpointTurn turn;
  private final DrawnRequest drawn;
  private final long intendedNanos;
  private final EventReader reader = new EventReader();
  private final StreamCheck check;
  private @Nullable EventStream events;
  private @Nullable ByteBuf plain;
  private @Nullable Counts cell;
  private @Nullable Carrier carrier;
  private long now;
  private int status;
  private long firstNanos;
  private long lastNanos;
  private int deltas;
  private int gaps;
  private int gapsOver;
  private boolean ended;
  private boolean sentAgain;

  /**
   * @param intendedNanos the intended start, from which all its times count
   * @param numbered whether the answer's tokens are numbers in order
   */
  MeasuredRequest(
      Lane lane,
      EndpointTurn turn,
      DrawnRequest drawn,
      long intendedNanos,
      boolean stream,
      boolean numbered) {
    this.lane = lane;
    this.turn = turn;
    this.drawn = drawn;
    this.intendedNanos = intendedNanos;
    this.check = new StreamCheck(stream, numbered, drawn.prompts().shape().usage(), this::written);
  }

  void on(Carrier used) {
    carrier = used;
  }

  /**
   * The answer's head.
   *
   * @param code its status, 200 to 999
   * @param target the value of the field that names who answered, or empty
   * @param type its media type, or empty
   */
  void head(int code, String target, String type) {
    status = code;
    cell = lane.cell(turn, drawn, target);
    if (status == 200 && type.startsWith("text/event-stream")) {
      events = new EventStream(EVENT_BYTES_MAX);
    } else {
      plain = lane.buffer();
    }
  }

  /** A piece of the answer's body. */
  void body(ByteBuf content) {
    now = System.nanoTime();
    if (events != null) {
      if (!events.feed(content, this)) {
        fail("event_too_large");
      }
    } else if (plain != null) {
      if (plain.readableBytes() + content.readableBytes() > PLAIN_BYTES_MAX) {
        fail("body_too_large");
      } else {
        plain.writeBytes(content);
      }
    }
  }

  @Override
  public void event(byte[] bytes, int from, int to) {
    lane.sawEvent(turn);
    int holds = reader.read(bytes, from, to);
    if ((holds & EventReader.CONTENT) != 0) {
      token();
    }
    check.event(holds, reader, now);
  }

  private void token() {
    deltas++;
    if (firstNanos == 0) {
      firstNanos = now;
    } else {
      long gap = now - lastNanos;
      gaps++;
      if (lane.isOver(gap)) {
        gapsOver++;
      }
      if (turn.isMeasured() && cell != null) {
        Times.record(cell.times.itl, gap);
        Times.record(lane.slice(turn, now).times.itl, gap);
      }
    }
    lastNanos = now;
    if (turn.isWithin(now) && cell != null) {
      cell.deltasWithin++;
      lane.slice(turn, now).deltasWithin++;
    }
  }

  /** A token of a stream is complete and has a stamp of the time at which it was written. */
  private void written(long stampNanos) {
    if (events != null && turn.isMeasured() && cell != null) {
      Times.record(cell.times.delay, now - stampNanos);
      Times.record(lane.slice(turn, now).times.delay, now - stampNanos);
    }
  }

  /** The answer's body is whole. */
  void bodyEnd() {
    now = System.nanoTime();
    if (status != 200) {
      fail(check.refusal(status, plain()));
      return;
    }
    if (events == null) {
      lane.sawEvent(turn);
      deltas = check.whole(plain(), reader, now);
    }
    String failure = check.failure(reader);
    if (failure.isEmpty()) {
      complete();
    } else {
      fail(failure);
    }
  }

  /** The connection ended first. */
  void broken() {
    if (status == 200 && check.isOver()) {
      lane.flaw(turn, "closed_behind_done");
      bodyEnd();
    } else {
      fail(status == 0 ? "no_answer" : "cut");
    }
  }

  private void complete() {
    long at = check.endNanos(now);
    int tokens = check.tokens(deltas, reader.json());
    long ttft = firstNanos == 0 ? -1 : firstNanos - intendedNanos;
    long e2e = at - intendedNanos;
    double tpot = tokens > 1 && gaps > 0 ? (double) (lastNanos - firstNanos) / (tokens - 1) : -1;
    boolean good = lane.objective().keeps(micros(ttft), gapsOver, gaps, tpot / 1e3, micros(e2e));
    check.flaws(deltas, reader.json()).forEach(flaw -> lane.flaw(turn, flaw));
    end();
    if (turn.isMeasured() && cell != null) {
      boolean within = turn.isWithin(now);
      for (Counts counts : new Counts[] {cell, lane.slice(turn, now)}) {
        count(counts, ttft, tpot, e2e, tokens, good, within);
      }
      lane.sample(turn, sample(tokens, ttft, e2e, good));
    }
    lane.completed(turn, this);
  }

  private void count(
      Counts counts, long ttft, double tpot, long e2e, int tokens, boolean good, boolean within) {
    counts.ended++;
    counts.completed++;
    counts.good += good ? 1 : 0;
    counts.promptTokens += promptTokens();
    counts.completionTokens += tokens;
    counts.deltas += deltas;
    counts.completedWithin += within ? 1 : 0;
    counts.goodWithin += within && good ? 1 : 0;
    counts.deltasWithin += within && events == null ? deltas : 0;
    Times.record(counts.times.e2e, e2e);
    if (ttft >= 0) {
      Times.record(counts.times.ttft, ttft);
    }
    if (tpot >= 0) {
      Times.record(counts.times.tpot, Math.round(tpot));
    }
  }

  private Tally.Observation sample(int tokens, long ttft, long e2e, boolean good) {
    double at = (intendedNanos - turn.startNanos()) / 1e9;
    return new Tally.Observation(at, drawn.model(), promptTokens(), tokens, ttft, e2e, good);
  }

  private int promptTokens() {
    int said = reader.json().promptTokens();
    return said > 0 ? said : drawn.promptTokens();
  }

  private static long micros(long nanos) {
    return nanos < 0 ? -1 : nanos / 1000;
  }

  /** Ends it as failed; its connection, or its stream, is given up. */
  void fail(String kind) {
    if (!ended) {
      end();
      dropCarrier();
      if (turn.isMeasured()) {
        long at = System.nanoTime();
        Counts counts = cell == null ? lane.cell(turn, drawn, "") : cell;
        for (Counts each : new Counts[] {counts, lane.slice(turn, at)}) {
          each.ended++;
          each.failure(kind);
          each.failedWithin += turn.isWithin(at) ? 1 : 0;
        }
      }
      lane.failed(turn, this);
    }
  }

  /** Ends it without a trace, because the whole run was stopped. */
  void drop() {
    if (!ended) {
      end();
      dropCarrier();
      lane.dropped();
    }
  }

  private void dropCarrier() {
    if (carrier != null) {
      carrier.drop();
    }
  }

  private void end() {
    ended = true;
    if (plain != null) {
      plain.release();
      plain = null;
    }
  }

  private byte[] plain() {
    byte[] bytes = new byte[plain == null ? 0 : plain.readableBytes()];
    if (plain != null) {
      plain.readBytes(bytes);
    }
    return bytes;
  }

  /** Whether it may be sent once more: its kept connection had ended before it came. */
  boolean maySendAgain() {
    boolean may = !ended && !sentAgain && status == 0;
    sentAgain = true;
    return may;
  }

  boolean isAnswered() {
    return status != 0;
  }

  boolean isEnded() {
    return ended;
  }

  long intendedNanos() {
    return intendedNanos;
  }

  DrawnRequest drawn() {
    return drawn;
  }

  EndpointTurn turn() {
    return turn;
  }
}
