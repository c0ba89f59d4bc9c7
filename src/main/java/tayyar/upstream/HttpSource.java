package tayyar.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.ApiError;
import tayyar.api.ChatRequest;
import tayyar.api.ChatRequest.Asked;
import tayyar.api.Endpoint;
import tayyar.api.Sink;
import tayyar.api.Source;
import tayyar.api.Target;
import tayyar.wire.SseSplitter;

/**
 * An answer from a server over HTTP/1.1. Lives on the stream's event loop.
 *
 * <p>A kept-alive connection that turns out to be dead before a byte of the answer came is replaced
 * once by a new one: the target had closed it while it was idle, or says that it had waited on it
 * for too long.
 */
final class HttpSource implements Source {
  private static final Logger LOG = LoggerFactory.getLogger(HttpSource.class);

  private static final String STREAM = "text/event-stream";
  private static final String JSON = "application/json";

  /** What the parts of events on their way take of each stream. */
  private static final int SMALL_BYTES = 32 * 1024;

  private static final String NO_STREAM = "it did not answer with an event stream.";

  /** What a server that has chats alone answers where a text is to be gone on with. */
  private static final Set<Integer> NO_ENDPOINT = Set.of(404, 405, 501);

  private static final int REQUEST_TIMEOUT = 408;

  private final Upstreams upstreams;
  private final Target target;
  private final ChatRequest request;
  private final Passed passed;
  private final Duration connect;
  private final EventLoop loop;
  private final BooleanSupplier unreached;
  private final BooleanSupplier lost;
  private final SseSplitter.Events events = this::event;
  private @Nullable Sink sink;
  private @Nullable ChunkReader chunks;
  private @Nullable SseSplitter splitter;
  private @Nullable Dial dial;
  private @Nullable Connection connection;

  /**
   * An answer that is read to its end before it means anything: a refusal, vectors, or a document
   * in the place of a stream, which may be a refusal as well.
   */
  private @Nullable ByteArrayOutputStream whole;

  private boolean reused;
  private boolean answered;
  private boolean over;
  private boolean paused;
  private int status;
  private int taken;
  private String retryAfter = "";

  /**
   * A source that has not begun.
   *
   * @param connect the longest wait for a connection
   * @param unreached asked when no connection could be made; true if somebody else takes over
   * @param lost asked when a connection broke before a byte of the answer came; true likewise
   */
  HttpSource(
      Upstreams upstreams,
      Target target,
      ChatRequest request,
      Passed passed,
      Duration connect,
      EventLoop loop,
      BooleanSupplier unreached,
      BooleanSupplier lost) {
    this.upstreams = upstreams;
    this.target = target;
    this.request = request;
    this.passed = passed;
    this.connect = connect;
    this.loop = loop;
    this.unreached = unreached;
    this.lost = lost;
  }

  @Override
  public void start(Sink to) {
    sink = to;
    chunks = new ChunkReader(to, request.endpoint() == Endpoint.CHAT);
    Connection idle = upstreams.pool(loop, target).take();
    if (idle != null) {
      reused = true;
      send(idle);
    } else {
      connect();
    }
  }

  private void connect() {
    dial = new Dial(upstreams, loop, target, connect, this::connected, this::unreachable);
    dial.start();
  }

  private void connected(Connection made) {
    dial = null;
    send(made);
  }

  private void unreachable() {
    dial = null;
    if (!unreached.getAsBoolean()) {
      fail(new ApiError.UpstreamFailed("it could not be reached."));
    }
  }

  private void send(Connection open) {
    connection = open;
    open.reading(!paused);
    open.use(this, open.requests().of(request, passed, upstreams.allocator()));
  }

  @Override
  public void pause() {
    paused = true;
    if (connection != null) {
      connection.reading(false);
    }
  }

  @Override
  public void resume() {
    paused = false;
    if (connection != null) {
      connection.reading(true);
    }
  }

  @Override
  public void cancel() {
    over = true;
    if (dial != null) {
      dial.cancel();
      dial = null;
    }
    drop();
  }

  private void drop() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      open.close();
    }
  }

  /** The answer begins; a field that is not there is empty. */
  void head(int itsStatus, String type, String itsRetryAfter) {
    if (itsStatus == REQUEST_TIMEOUT && reused) {
      drop();
      again("it answered with status 408.");
      return;
    }
    answered = true;
    status = itsStatus;
    retryAfter = itsRetryAfter;
    if (status != 200 || vectors() || type.regionMatches(true, 0, JSON, 0, JSON.length())) {
      whole = new ByteArrayOutputStream();
    } else if (!type.regionMatches(true, 0, STREAM, 0, STREAM.length())) {
      fail(new ApiError.UpstreamFailed(NO_STREAM));
    }
  }

  /**
   * The next bytes of the body; the reader's index stands anywhere afterwards.
   *
   * @param from has had all before, and nothing else
   */
  void body(ByteBuf in, int count, SseSplitter from) {
    if (whole != null) {
      keep(whole, in, count);
      return;
    }
    splitter = from;
    try {
      from.feed(in, count, events);
      account(from.heldBytes());
    } catch (SseSplitter.EventTooLarge e) {
      int most = upstreams.bounds().eventBytesMax();
      fail(new ApiError.UnreadableAnswer("an event of it is larger than " + most + " bytes."));
    }
  }

  /** An event that is large takes room, what all others need is not worth asking for it. */
  private void account(int held) {
    if (held > Math.max(taken, SMALL_BYTES)) {
      int more = held - taken;
      taken = held;
      if (!passed.room().take(more)) {
        fail(new ApiError.MemoryFull());
      }
    }
  }

  /** Vectors have to be there as a whole; of a refusal the beginning does. */
  private void keep(ByteArrayOutputStream to, ByteBuf in, int count) {
    int most = vectors() ? upstreams.bounds().wholeBytesMax() : ErrorBody.BYTES_MAX;
    int room = most - to.size();
    if (vectors() && room < count) {
      fail(
          new ApiError.InputTooLarge(
              "input", "makes an answer that is too large; send less at once."));
      return;
    }
    if (!passed.room().take(2L * Math.min(room, count))) {
      fail(new ApiError.MemoryFull());
      return;
    }
    byte[] part = new byte[Math.min(room, count)];
    in.readBytes(part);
    to.writeBytes(part);
    if (room <= count && !vectors()) {
      fail(refusal(to.toByteArray()));
    }
  }

  private boolean vectors() {
    return status == 200 && request.asked() instanceof Asked.Embeddings;
  }

  private boolean event(byte[] bytes, int from, int to) {
    if (over || chunks == null || sink == null) {
      return false;
    }
    if (isDone(bytes, from, to)) {
      complete();
      return false;
    }
    ApiError error =
        switch (name()) {
          case USUAL -> chunks.read(bytes, from, to);
          case ERROR -> ErrorBody.ofEvent(bytes, from, to);
          case PING -> null;
        };
    if (error != null) {
      fail(error);
    }
    return !over;
  }

  private SseSplitter.Name name() {
    return splitter == null ? SseSplitter.Name.USUAL : splitter.name();
  }

  private static boolean isDone(byte[] b, int from, int to) {
    return to - from == 6
        && b[from] == '['
        && b[from + 1] == 'D'
        && b[from + 2] == 'O'
        && b[from + 3] == 'N'
        && b[from + 4] == 'E'
        && b[from + 5] == ']';
  }

  /** The answer is complete: the connection is left to end by itself and be used again. */
  private void complete() {
    Connection open = connection;
    connection = null;
    over = true;
    if (open != null) {
      open.leave();
    }
    if (sink != null) {
      tellOddEnd();
      sink.done();
    }
  }

  private void tellOddEnd() {
    if (chunks != null && !chunks.oddEnd().isEmpty()) {
      upstreams.oddEnd(target, chunks.oddEnd());
    }
  }

  void readComplete() {
    if (!over && sink != null) {
      sink.flush();
    }
  }

  void bodyEnd() {
    connection = null;
    if (over || sink == null) {
      return;
    }
    over = true;
    ApiError wrong = whole == null ? null : understood(whole.toByteArray(), sink);
    if (wrong == null) {
      tellOddEnd();
      sink.done();
    } else {
      sink.failed(ErrorText.without(target.key(), wrong));
    }
  }

  private @Nullable ApiError understood(byte[] body, Sink to) {
    return vectors() && request.asked() instanceof Asked.Embeddings asked
        ? new EmbeddingsReader(asked).read(body, to)
        : refusal(body);
  }

  private ApiError refusal(byte[] body) {
    if (request.endpoint() == Endpoint.COMPLETIONS && NO_ENDPOINT.contains(status)) {
      return new ApiError.ModelNotSupportedOnEndpoint(request.model());
    }
    if (status != 200) {
      return ErrorBody.read(status, retryAfter, body);
    }
    ApiError found = ErrorBody.findEvent(body, 0, body.length);
    return found == null ? new ApiError.UpstreamFailed(NO_STREAM) : found;
  }

  /**
   * There is no connection any more.
   *
   * @param why a sentence
   */
  void broken(String why) {
    connection = null;
    if (over) {
      return;
    }
    if (reused && !answered) {
      again(why);
    } else if (!answered && lost.getAsBoolean()) {
      over = true;
    } else if (chunks != null && chunks.complete()) {
      complete();
    } else if (whole != null && status != 200) {
      // What it refused with has been said; the rest would have been words.
      fail(refusal(whole.toByteArray()));
    } else {
      fail(new ApiError.UpstreamFailed(why));
    }
  }

  /** A bug of ours, met while the answer was read: not the target's fault. */
  void bug(Throwable why) {
    LOG.atError()
        .setCause(why)
        .addKeyValue("request_id", passed.requestId())
        .addKeyValue("target", target.name())
        .log("an answer could not be read");
    fail(new ApiError.Internal());
  }

  /** Asks on a new connection, once. */
  private void again(String why) {
    reused = false;
    if (sink != null) {
      sink.again(why);
    }
    connect();
  }

  private void fail(ApiError error) {
    if (over || sink == null) {
      return;
    }
    cancel();
    sink.failed(ErrorText.without(target.key(), error));
  }
}
