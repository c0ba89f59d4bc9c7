package tayyar.responses;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tayyar.api.AdminFault;
import tayyar.api.ApiError;
import tayyar.api.Bound;
import tayyar.api.Bounds;
import tayyar.api.Room;
import tayyar.api.Usage;
import tayyar.api.Who;
import tayyar.dialect.Answer;
import tayyar.dialect.Detached;
import tayyar.dialect.Reply;
import tayyar.dialect.StreamedAnswer;
import tayyar.dialect.Talker;
import tayyar.stored.Kept;

/**
 * A response that is answered in the background: its events are kept for whoever asks for them, and
 * it is stored when it begins and when it ends. Lives on one event loop; {@link #cancel}, the log
 * and the state may be used by any thread.
 */
final class Running implements Detached {
  private final Runs runs;
  private final Keeping keeping;
  private final Reply client;
  private final EventLoop loop;
  private final Bounds bounds;
  private final Room room;
  private final String id;
  private final long createdMs;
  private final ResponsesEvents events;
  private final Answer answer;
  private final EventLog log = new EventLog();
  private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<byte[]> end = new CompletableFuture<>();
  private final String keyId;
  private volatile byte[] now;
  private @Nullable Talker answering;
  private long bytes;

  /** It is stored, and its client knows of it. */
  private boolean begun;

  private boolean over;

  /**
   * Nothing of the answer is there yet.
   *
   * @param client the way to the client that asked
   * @param loop owns that client's connection, and the answer
   */
  Running(
      Runs runs,
      Keeping keeping,
      Reply client,
      EventLoop loop,
      Bounds bounds,
      Room room,
      Who who,
      ResponsesClients.Sent sent,
      String number,
      String model) {
    this.runs = runs;
    this.keeping = keeping;
    this.client = client;
    this.loop = loop;
    this.bounds = bounds;
    this.room = room;
    this.keyId = who.keyId();
    this.createdMs = who.startedAtMs();
    var head = new ResponseJson(number, createdMs / 1000, sent.repeated(), this::last);
    this.id = head.id();
    this.now = head.begun(model);
    this.events = new ResponsesEvents(head, model, sent.summary(), room);
    this.answer = new StreamedAnswer(this, events, bounds.of(Bound.MERGE_BYTES), room);
  }

  String id() {
    return id;
  }

  String organisationId() {
    return keeping.organisationId();
  }

  /** Returns the response object as it is now. */
  byte[] now() {
    return now;
  }

  Answer answer() {
    return answer;
  }

  EventLog log() {
    return log;
  }

  void follow(Follower one) {
    followers.add(one);
  }

  void leave(Follower one) {
    followers.remove(one);
  }

  /**
   * Ends its readers whose keys have become void; where its own has, it ends itself, with its
   * readers.
   *
   * @param faults by the keys' ids
   */
  void end(Map<String, ApiError> faults) {
    if (!faults.containsKey(keyId)) {
      followers.forEach(one -> one.end(faults));
    }
  }

  /** Nothing is asked for before a killed server would know of it. */
  @Override
  public void runs(Talker its, Consumer<Talker> talks, Runnable start) {
    answering = its;
    Runnable begin = () -> begin(talks, start);
    keeping.shelf().state(state(true, now, null), kept -> told(kept ? begin : this::refuse));
  }

  private void told(Runnable next) {
    try {
      loop.execute(next);
    } catch (RejectedExecutionException e) {
      // The server has stopped, and its connections with it.
    }
  }

  private void refuse() {
    if (!over && answering != null) {
      answering.failed(new ApiError.OfAdmin(new AdminFault.StoreUnavailable()));
    }
  }

  private void begin(Consumer<Talker> talks, Runnable start) {
    if (over) {
      return;
    }
    begun = true;
    byte[] first = now;
    answer.release(); // From now on each end is one of events.
    ByteBuf out = events();
    events.begin(out, 0);
    send(out);
    runs.add(this);
    if (keeping.streamed()) {
      var reader = new Follower(this, client, loop, bounds, 0, keyId);
      talks.accept(reader);
      reader.start();
    } else {
      client.whole(Unpooled.wrappedBuffer(first));
    }
    start.run();
  }

  private Kept state(boolean running, byte[] response, byte @Nullable [] stream) {
    return keeping.state(id, createdMs, running, response, stream);
  }

  private boolean last(byte[] response) {
    now = response;
    return true;
  }

  /**
   * Ends it, if it still runs.
   *
   * @return its last state, once it is there
   */
  CompletableFuture<byte[]> cancel() {
    try {
      loop.execute(() -> stop(events::cancel));
    } catch (RejectedExecutionException e) {
      end.complete(now);
    }
    return end;
  }

  private void stop(Consumer<ByteBuf> lastWords) {
    if (over) {
      return;
    }
    ByteBuf out = events();
    lastWords.accept(out);
    end(out);
    if (answering != null) {
      answering.clientGone();
    }
  }

  @Override
  public void target(String name) {}

  @Override
  public ByteBuf events() {
    return Unpooled.buffer(512);
  }

  @Override
  public void streamHead() {}

  @Override
  public void flush() {}

  @Override
  public void send(ByteBuf written) {
    if (over) {
      written.release();
      return;
    }
    int size = written.readableBytes();
    add(written);
    if (bytes > bounds.of(Bound.WHOLE_BYTES) || !room.take(size)) {
      var tooLarge = new ApiError.UnreadableAnswer("its events take more memory than there is.");
      loop.execute(() -> stop(out -> events.fail(out, tooLarge, Usage.NONE, null)));
    }
  }

  private void add(ByteBuf written) {
    byte[] piece = ByteBufUtil.getBytes(written);
    written.release();
    bytes += piece.length;
    log.add(piece);
    followers.forEach(Follower::more);
  }

  @Override
  public Future<Void> end(ByteBuf written) {
    if (over) {
      written.release();
      return loop.newSucceededFuture(null);
    }
    over = true;
    add(written);
    log.end();
    byte[] stream = log.from(0, Integer.MAX_VALUE).bytes();
    keeping.shelf().state(state(false, now, stream), _ -> {});
    runs.remove(this);
    followers.forEach(Follower::more);
    end.complete(now);
    return loop.newSucceededFuture(null);
  }

  @Override
  public Future<Void> whole(ByteBuf json) {
    throw new IllegalStateException("it is told in events");
  }

  @Override
  public Future<Void> error(ApiError error) {
    if (!begun) {
      over = true;
      keeping.shelf().forget(keeping.organisationId(), id);
      return client.error(error);
    }
    ByteBuf out = events();
    events.fail(out, error, Usage.NONE, null);
    return end(out);
  }

  /** What its client has seen, whatever comes of the answer. */
  @Override
  public int status(ApiError error) {
    return begun ? 200 : client.status(error);
  }

  @Override
  public void abort() {}

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public long sentBytes() {
    return bytes;
  }

  @Override
  public long waitingBytes() {
    return 0;
  }
}
