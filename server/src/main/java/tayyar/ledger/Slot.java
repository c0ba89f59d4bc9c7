package tayyar.ledger;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tayyar.api.Attempt;
import tayyar.api.Ended;
import tayyar.api.Key;
import tayyar.api.OpenRow;
import tayyar.api.Usage;

/**
 * One row of the journal: 512 bytes of numbers and short texts. Its state is written last, so that
 * whoever reads it later finds all that it promises. Without a number it keeps nothing.
 */
final class Slot implements OpenRow {
  static final int BYTES = 512;

  private static final int FREE = 0;
  private static final int RUNNING = 1;
  private static final int ENDED = 2;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final VarHandle STATES = INT.varHandle();

  private static final int STATE = 0;
  private static final int ATTEMPTS = 4;
  private static final int STARTED = 8;
  private static final int PRICE = 16;
  private static final int AMOUNT = 24;
  private static final int PROMPT = 32;
  private static final int COMPLETION = 36;
  private static final int CACHED = 40;
  private static final int ESTIMATED = 44;
  private static final int STREAMED = 48;
  private static final int STATUS = 52;
  private static final int DURATION = 56;
  private static final int CACHE_WRITES = 124;

  /** Where a text stands: a byte with its length, and room for its first bytes. */
  private record Text(int at, int bytesMax) {}

  private static final Text REQUEST_ID = new Text(64, 39);
  private static final Text KEY_ID = new Text(104, 19);
  private static final Text PROJECT_ID = new Text(128, 23);
  private static final Text OUTCOME = new Text(152, 15);
  private static final Text CODE = new Text(168, 63);
  private static final Text TARGET = new Text(232, 79);
  private static final Text MODEL = new Text(312, 199);

  /** Those that are not known when a request begins. */
  private static final Text[] LATER = {OUTCOME, CODE, TARGET, MODEL};

  private final @Nullable Journal journal;
  private final MemorySegment chunk;
  private final long from;
  private int number;
  private @Nullable Ended ended;

  /** What stands there: at the end most of it need not be written again. */
  private String model = "";

  private String target = "";

  Slot(@Nullable Journal journal, MemorySegment chunk, long from, int number) {
    this.journal = journal;
    this.chunk = chunk;
    this.from = from;
    this.number = number;
  }

  /** One that is kept in memory alone. */
  static Slot unkept() {
    return new Slot(null, MemorySegment.NULL, 0, -1);
  }

  /** Its place in the file; -1 where it has none. */
  int number() {
    return number;
  }

  /** The record of the request, which is over. */
  Ended ended() {
    return Objects.requireNonNull(ended);
  }

  void begin(String requestId, Key key, long startedAtMs) {
    for (int at = STATE; at < REQUEST_ID.at; at += Long.BYTES) {
      put(at, 0L);
    }
    put(CACHE_WRITES, 0);
    put(STARTED, startedAtMs);
    put(REQUEST_ID, requestId);
    put(KEY_ID, key.id());
    put(PROJECT_ID, key.account().projectId());
    for (Text later : LATER) {
      length(later, 0);
    }
    state(RUNNING);
  }

  @Override
  public void asked(String its, boolean streamed) {
    if (number >= 0) {
      model(its);
      put(STREAMED, streamed ? 1 : 0);
    }
  }

  @Override
  public void attempt(Attempt now, int promptTokens, long priceId) {
    if (number >= 0) {
      target(now.target());
      put(ATTEMPTS, now.number());
      put(PROMPT, promptTokens);
      put(PRICE, priceId);
      put(ESTIMATED, 1);
    }
  }

  @Override
  public void delivered(int tokens, long micros) {
    if (number >= 0) {
      put(COMPLETION, tokens);
      put(DURATION, micros);
    }
  }

  @Override
  public void used(Usage usage, long micros) {
    if (number >= 0) {
      put(PROMPT, usage.promptTokens());
      put(CACHED, usage.cachedTokens());
      put(CACHE_WRITES, usage.cacheWrites());
      put(ESTIMATED, usage.estimated() ? 1 : 0);
      delivered(usage.completionTokens(), micros);
    }
  }

  /** The request is over; its row is not written yet. */
  void end(Ended its) {
    ended = its;
    if (number >= 0) {
      used(its.usage(), its.timing().durationMicros());
      String code = its.outcome().code();
      model(its.model());
      target(its.target());
      put(ATTEMPTS, its.attempts());
      put(STREAMED, its.streamed() ? 1 : 0);
      put(STATUS, its.status());
      put(OUTCOME, its.outcome().word());
      if (code != null) {
        put(CODE, code);
      }
      put(PRICE, its.charge().priceId());
      put(AMOUNT, its.charge().amount());
      state(ENDED);
    }
  }

  /** Whoever is over has its row, also where something fails behind its end. */
  @Override
  public void drop() {
    if (journal != null && ended == null) {
      journal.free(List.of(this));
    }
  }

  /** Gives its place up; returns it, or -1 where it has none any more. */
  int release() {
    int its = number;
    if (its >= 0) {
      state(FREE);
      number = -1;
    }
    return its;
  }

  private void model(String its) {
    if (!model.equals(its)) {
      put(MODEL, its);
      model = its;
    }
  }

  private void target(String its) {
    if (!target.equals(its)) {
      put(TARGET, its);
      target = its;
    }
  }

  private void state(int now) {
    STATES.setRelease(chunk, from + STATE, now);
  }

  private void put(int at, int value) {
    chunk.set(INT, from + at, value);
  }

  private void put(int at, long value) {
    chunk.set(LONG, from + at, value);
  }

  private void put(Text place, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, place.bytesMax);
    MemorySegment.copy(bytes, 0, chunk, ValueLayout.JAVA_BYTE, from + place.at + 1, length);
    length(place, length);
  }

  private void length(Text place, int bytes) {
    chunk.set(ValueLayout.JAVA_BYTE, from + place.at, (byte) bytes);
  }

  /**
   * What a dead process has left of a request.
   *
   * @param over whether it had ended; else outcome, code, status and amount are not known
   */
  record Kept(
      boolean over,
      String requestId,
      String keyId,
      String projectId,
      String model,
      String target,
      int attempts,
      boolean streamed,
      String outcome,
      String code,
      int status,
      Usage usage,
      long startedAtMs,
      long durationMicros,
      long priceId,
      long amount) {}

  /** Reads the slot that begins here; null where it is free. */
  static @Nullable Kept read(MemorySegment chunk, long from) {
    var slot = new Slot(null, chunk, from, 0);
    int state = slot.number(STATE);
    return state == RUNNING || state == ENDED ? slot.kept(state == ENDED) : null;
  }

  private Kept kept(boolean over) {
    return new Kept(
        over,
        text(REQUEST_ID),
        text(KEY_ID),
        text(PROJECT_ID),
        text(MODEL),
        text(TARGET),
        number(ATTEMPTS),
        number(STREAMED) == 1,
        text(OUTCOME),
        text(CODE),
        number(STATUS),
        new Usage(
            number(PROMPT),
            number(COMPLETION),
            number(CACHED),
            number(CACHE_WRITES),
            number(ESTIMATED) == 1,
            Map.of()),
        chunk.get(LONG, from + STARTED),
        chunk.get(LONG, from + DURATION),
        chunk.get(LONG, from + PRICE),
        chunk.get(LONG, from + AMOUNT));
  }

  private int number(int at) {
    return chunk.get(INT, from + at);
  }

  private String text(Text place) {
    int length =
        Math.clamp(chunk.get(ValueLayout.JAVA_BYTE, from + place.at) & 0xff, 0, place.bytesMax);
    byte[] bytes = new byte[length];
    MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, from + place.at + 1, bytes, 0, length);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
