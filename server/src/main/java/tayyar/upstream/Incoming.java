package tayyar.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.Room;
import tayyar.dialect.BodyWriter.Form;
import tayyar.dialect.Reading;
import tayyar.wire.SseSplitter;

/**
 * The body of one answer. It is a refusal, a stream of events or one document; behind a good status
 * its first byte tells which, for the media type is wrong too often. What has to be kept of it is
 * kept within bounds. Used on one event loop.
 */
final class Incoming {
  private static final ApiError NEITHER =
      new ApiError.UpstreamFailed("it answered with neither an event stream nor JSON.");

  /** The memory for parts of events that each stream has without asking. */
  private static final int SMALL_BYTES = 32 * 1024;

  private static final ByteProcessor SPACES = b -> b == ' ' || b == '\t' || b == '\r' || b == '\n';

  private enum Kind {
    UNKNOWN,
    EVENTS,
    DOCUMENT,
    REFUSAL
  }

  private final Reading reading;
  private final Room room;
  private final Bounds bounds;
  private final SseSplitter.Events events = this::event;
  private Kind kind = Kind.UNKNOWN;
  private int status;
  private String retryAfter = "";
  private byte[] kept = {};
  private int end;
  private int taken;
  private @Nullable SseSplitter splitter;
  private @Nullable ApiError wrong;
  private boolean stopped;

  Incoming(Reading reading, Room room, Bounds bounds) {
    this.reading = reading;
    this.room = room;
    this.bounds = bounds;
  }

  /** The answer begins; a field that is not there is empty. */
  void head(int itsStatus, String itsRetryAfter) {
    status = itsStatus;
    retryAfter = itsRetryAfter;
    kind = itsStatus == 200 ? Kind.UNKNOWN : Kind.REFUSAL;
  }

  /** Nobody wants any more of it. */
  void stop() {
    stopped = true;
    kept = new byte[0];
    end = 0;
  }

  /**
   * The next bytes; the reader's index stands anywhere afterwards.
   *
   * @param from has had all before, and nothing else
   * @return null, or why the answer can't go on
   */
  @Nullable ApiError body(ByteBuf in, int count, SseSplitter from) {
    if (kind == Kind.UNKNOWN) {
      kind = kind(in, count);
    }
    return switch (kind) {
      case UNKNOWN -> wrong;
      case EVENTS -> split(in, count, from);
      case DOCUMENT -> keepAll(in, count);
      case REFUSAL -> keepSome(in, count);
    };
  }

  /** By the first byte that is not a space: what a field's name, a comment or JSON begins with. */
  private Kind kind(ByteBuf in, int count) {
    int first = in.forEachByte(in.readerIndex(), count, SPACES);
    return switch (first < 0 ? ' ' : in.getByte(first)) {
      case ' ' -> Kind.UNKNOWN;
      case '{', '[' -> Kind.DOCUMENT;
      case 'd', 'e', 'i', 'r', ':' -> Kind.EVENTS;
      // A byte order mark.
      case (byte) 0xEF ->
          first + 3 < in.readerIndex() + count && in.getByte(first + 3) == '{'
              ? Kind.DOCUMENT
              : Kind.EVENTS;
      default -> {
        wrong = NEITHER;
        yield Kind.UNKNOWN;
      }
    };
  }

  private @Nullable ApiError split(ByteBuf in, int count, SseSplitter from) {
    splitter = from;
    try {
      from.feed(in, count, events);
      account(from.heldBytes());
    } catch (SseSplitter.EventTooLarge e) {
      wrong = eventTooLarge();
    }
    return wrong;
  }

  /** No more bytes come: what is there of an event is one. */
  void lastEvent(SseSplitter from) {
    if (kind == Kind.EVENTS && wrong == null && !stopped) {
      from.end(events);
      wrong = reading.complete() ? null : wrong;
    }
  }

  private ApiError eventTooLarge() {
    return new ApiError.UnreadableAnswer(
        "an event of it is larger than " + bounds.of(Bound.EVENT_BYTES) + " bytes.");
  }

  /** An event that is large takes room, what all others need is not worth asking for it. */
  private void account(int held) {
    if (held > Math.max(taken, SMALL_BYTES)) {
      int more = held - taken;
      taken = held;
      if (!room.take(more)) {
        wrong = new ApiError.MemoryFull();
      }
    }
  }

  private boolean event(byte[] bytes, int from, int to) {
    if (stopped || splitter == null) {
      return false;
    }
    wrong = reading.event(splitter.name(), bytes, from, to);
    return wrong == null && !stopped && !reading.over();
  }

  private @Nullable ApiError keepAll(ByteBuf in, int count) {
    int most = bounds.of(Bound.WHOLE_BYTES);
    if (count > most - end) {
      return reading.tooLarge(most);
    }
    return keep(in, count);
  }

  /** Of a refusal the beginning says all. */
  private @Nullable ApiError keepSome(ByteBuf in, int count) {
    ApiError error = keep(in, Math.min(count, Reading.REFUSAL_BYTES_MAX - end));
    return error == null && end == Reading.REFUSAL_BYTES_MAX ? refusal() : error;
  }

  private @Nullable ApiError keep(ByteBuf in, int count) {
    if (kept.length - end < count) {
      int size = Math.max(end + count, end == 0 ? 0 : 2 * kept.length);
      if (!room.take(size - kept.length)) {
        return new ApiError.MemoryFull();
      }
      kept = Arrays.copyOf(kept, size);
    }
    in.readBytes(kept, end, count);
    end += count;
    return null;
  }

  private byte[] kept() {
    return end == kept.length ? kept : Arrays.copyOf(kept, end);
  }

  private ApiError refusal() {
    return reading.refusal(status, retryAfter, kept());
  }

  /**
   * How to ask instead, where what was added to the request was refused; see {@link
   * Reading#instead}.
   */
  @Nullable Form instead(Form asked) {
    return kind == Kind.REFUSAL ? reading.instead(asked, status, kept()) : null;
  }

  /** Whether the answer has said that nothing that matters follows. */
  boolean over() {
    return reading.over();
  }

  /**
   * The body has come to its end.
   *
   * @return null, or what is wrong with the answer
   */
  @Nullable ApiError end() {
    return switch (kind) {
      case UNKNOWN -> wrong == null ? NEITHER : wrong;
      case EVENTS -> wrong;
      case DOCUMENT -> reading.document(kept());
      case REFUSAL -> refusal();
    };
  }

  /**
   * The body broke off.
   *
   * @param why a sentence
   * @return null where all that matters had come, or what is wrong with the answer
   */
  @Nullable ApiError cut(String why) {
    return switch (kind) {
      case EVENTS -> reading.complete() ? null : new ApiError.UpstreamFailed(why);
      // The status has said it; the rest would have been words.
      case REFUSAL -> refusal();
      case UNKNOWN, DOCUMENT -> new ApiError.UpstreamFailed(why);
    };
  }

  /** See {@link Reading#oddEnd}. */
  String oddEnd() {
    return reading.oddEnd();
  }
}
