package tayyar.dialect;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Cost;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Room;
import tayyar.api.Sink.Kind;
import tayyar.api.ToolCall;
import tayyar.api.Usage;

/**
 * An answer as server-sent events. Every event is whole in one write; several that were there at
 * once share one. While the socket takes nothing, text is merged instead of queued as events.
 */
public final class StreamedAnswer implements Answer {
  private static final int BATCH_BYTES_MAX = 32 * 1024;

  private final Reply reply;
  private final Events events;
  private final int mergeBytesMax;
  private final BitSet begun = new BitSet();
  private final Room room;
  private final Held held = new Held(this::grows);
  private final @Nullable CallOrder calls;
  private @Nullable ByteBuf batch;

  // Log-probabilities that came ahead of their text.
  private int logprobsOf;
  private Kind logprobsOfKind = Kind.CONTENT;
  private byte @Nullable [] logprobs;
  private boolean headOut;

  // What the client asked to be told of at the end, also of an answer that breaks off.
  private Usage usage = Usage.NONE;
  private @Nullable Cost cost;

  // The bytes of the room that waiting text holds; the room had no more.
  private long taken;
  private boolean tight;

  /**
   * Creates an answer of which nothing is written.
   *
   * @param mergeBytesMax text for a slow reader above which the source should pause
   * @param room the memory for its waiting parts
   */
  public StreamedAnswer(Reply reply, Events events, int mergeBytesMax, Room room) {
    this.reply = reply;
    this.events = events;
    this.mergeBytesMax = mergeBytesMax;
    this.room = room;
    this.calls = events.areBlocks() ? new CallOrder(this::tell, room::need) : null;
  }

  /** Keeps the text of a read in any case; without room, no further text is asked for. */
  private void grows(long bytes) {
    if (room.take(bytes)) {
      taken += bytes;
    } else {
      tight = true;
    }
  }

  @Override
  public void model(String name) {
    if (begun.isEmpty()) {
      events.model(name);
    }
  }

  @Override
  public void usage(Usage soFar) {
    if (begun.isEmpty()) {
      events.usage(soFar);
    }
  }

  @Override
  public void delta(int choice, Kind kind, byte[] json, int from, int to) {
    if (isOpen()) {
      write(choice, kind, json, from, to);
    } else {
      held.append(choice, kind, json, from, to);
    }
  }

  @Override
  public void part(int choice, Part part) {
    switch (part) {
      case ToolCall piece -> {
        if (isOpen()) {
          write(choice, piece);
        } else {
          held.append(choice, piece);
        }
      }
      case Part.Logprobs(Kind of, byte[] entries) -> logprobs(choice, of, entries);
      case Part.Member member -> member(choice, member);
      case Part.Native its -> {
        if (isOpen()) {
          write(choice, its);
        } else {
          held.append(choice, its);
        }
      }
      case Part.Vector _ -> throw new IllegalStateException("no vector was asked for");
    }
  }

  private boolean isOpen() {
    return reply.writable() && held.isEmpty();
  }

  private void member(int choice, Part.Member member) {
    if (member.place() != Part.Member.Place.MESSAGE) {
      events.aside(choice, member);
    } else if (isOpen()) {
      write(choice, member);
    } else {
      held.append(choice, member);
    }
  }

  private void logprobs(int choice, Kind of, byte[] entries) {
    if (!isOpen()) {
      held.logprobs(choice, of, entries);
    } else if (logprobs == null) {
      logprobsOf = choice;
      logprobsOfKind = of;
      logprobs = entries;
    } else {
      held.logprobs(logprobsOf, logprobsOfKind, logprobs);
      held.logprobs(choice, of, entries);
      logprobs = null;
      writeHeld();
    }
  }

  private byte @Nullable [] takeLogprobs(int choice, Kind of) {
    byte[] waiting = logprobs;
    if (waiting == null || logprobsOf != choice || logprobsOfKind != of) {
      return null;
    }
    logprobs = null;
    return waiting;
  }

  @Override
  public void finish(int choice, FinishReason reason) {
    writeHeld();
    begin(choice);
    endCalls();
    events.finish(batch(), choice, reason, takeLogprobs(choice, Kind.CONTENT));
  }

  @Override
  public void flush() {
    ByteBuf ready = batch;
    // Not all that is told makes an event, and an empty piece would end the body.
    if (ready != null && ready.isReadable()) {
      batch = null;
      reply.send(ready);
    }
  }

  @Override
  public void release() {
    if (!headOut) {
      head();
      reply.flush();
    }
  }

  @Override
  public void keepAlive() {
    if (reply.writable()) {
      events.keepAlive(batch());
      flush();
    }
  }

  @Override
  public void writable() {
    if (reply.writable() && !held.isEmpty()) {
      writeHeld();
      flush();
    }
  }

  @Override
  public boolean ripe() {
    return full() || (batch != null && batch.readableBytes() > BATCH_BYTES_MAX);
  }

  @Override
  public boolean full() {
    return tight || held.bytes() > mergeBytesMax;
  }

  @Override
  public boolean headOut() {
    return headOut;
  }

  @Override
  public void cost(Usage of, Cost its) {
    usage = of;
    cost = its;
  }

  @Override
  public Future<Void> complete(Usage usage) {
    writeHeld();
    endCalls();
    ByteBuf out = batch();
    events.complete(out, usage, cost);
    return end(out);
  }

  @Override
  public Future<Void> fail(ApiError error) {
    if (!headOut) {
      discard();
      return reply.error(error);
    }
    writeHeld();
    ByteBuf out = batch();
    events.fail(out, error, usage, cost);
    return end(out);
  }

  @Override
  public void discard() {
    if (batch != null) {
      batch.release();
      batch = null;
    }
  }

  private Future<Void> end(ByteBuf out) {
    batch = null;
    return reply.end(out);
  }

  private void write(int choice, Kind kind, byte[] json, int from, int to) {
    write(choice, kind, json, from, to, takeLogprobs(choice, kind));
  }

  private void write(
      int choice, Kind kind, byte[] json, int from, int to, byte @Nullable [] entries) {
    begin(choice);
    if (from < to) {
      endCalls();
    }
    byte[] with = entries;
    int at = from;
    do {
      int cut = Pieces.cut(json, at, to, Pieces.BYTES_MAX);
      events.text(batch(), choice, kind, json, at, cut, with);
      with = null;
      at = cut;
    } while (at < to);
  }

  private void write(int choice, ToolCall piece) {
    begin(choice);
    if (calls == null) {
      tell(choice, piece);
    } else {
      calls.next(piece); // An answer of blocks has one choice.
    }
  }

  private void tell(ToolCall piece) {
    tell(0, piece);
  }

  /** Something else begins, or the end. */
  private void endCalls() {
    if (calls != null) {
      calls.end();
    }
  }

  private void tell(int choice, ToolCall piece) {
    byte[] arguments = piece.arguments();
    boolean first = piece.first();
    int at = 0;
    do {
      int cut = Pieces.cut(arguments, at, arguments.length, Pieces.BYTES_MAX);
      events.toolCall(batch(), choice, piece, first, at, cut);
      first = false;
      at = cut;
    } while (at < arguments.length);
  }

  private void write(Held.Entry entry) {
    switch (entry) {
      case Held.Text text -> {
        byte[] entries = text.logprobs().size() > 0 ? text.logprobs().copy() : null;
        write(text.choice(), text.kind(), text.json().array(), 0, text.json().size(), entries);
      }
      case Held.Call call -> write(call.choice(), call.piece());
      case Held.Member(int choice, Part.Member its) -> write(choice, its);
      case Held.Native(int choice, Part.Native its) -> write(choice, its);
    }
  }

  private void write(int choice, Part.Member member) {
    begin(choice);
    endCalls();
    events.member(batch(), choice, member);
  }

  private void write(int choice, Part.Native its) {
    begin(choice);
    endCalls();
    events.its(batch(), choice, its);
  }

  private void writeHeld() {
    held.drain(this::write);
    room.give(taken);
    taken = 0;
    tight = false;
  }

  private void begin(int choice) {
    if (!begun.get(choice)) {
      begun.set(choice);
      events.begin(batch(), choice);
    }
  }

  private ByteBuf batch() {
    if (!headOut) {
      head();
    }
    ByteBuf open = batch;
    if (open == null) {
      open = reply.events();
      batch = open;
    }
    return open;
  }

  private void head() {
    headOut = true;
    reply.streamHead();
  }
}
