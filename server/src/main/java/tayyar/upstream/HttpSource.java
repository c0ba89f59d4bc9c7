package tayyar.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tayyar.api.ApiError;
import tayyar.api.InferenceRequest;
import tayyar.api.Refused;
import tayyar.api.Sink;
import tayyar.api.Source;
import tayyar.api.Target;
import tayyar.dialect.BodyWriter.Form;
import tayyar.dialect.BodyWriter.Written;
import tayyar.dialect.ErrorText;
import tayyar.dialect.Reading;
import tayyar.dialect.TargetDialect;
import tayyar.wire.SseSplitter;

/**
 * An answer from a server over HTTP/1.1: the connection it comes on, and how that ends. What the
 * answer says is {@link Incoming}'s. Lives on the stream's event loop.
 *
 * <pre>
 *   WRITING --the body is ready--> DIALING --connected--> ASKED --head--> ANSWERING --its end--> OVER
 *                                     ^                     |
 *                                     +-- a kept connection was dead, once
 * </pre>
 *
 * A kept connection that turns out to be dead before a byte of the answer came is replaced once by
 * a new one: the target had closed it while it was idle, or says that it had waited on it for too
 * long.
 */
final class HttpSource implements Source {
  private static final Logger LOG = LoggerFactory.getLogger(HttpSource.class);

  private static final int REQUEST_TIMEOUT = 408;

  private enum State {
    WRITING,
    DIALING,
    ASKED,
    ANSWERING,
    OVER
  }

  private final Upstreams upstreams;
  private final Target target;
  private final InferenceRequest request;
  private final Passed passed;
  private final Duration connect;
  private final EventLoop loop;
  private final BooleanSupplier unreached;
  private final BooleanSupplier lost;
  private State state = State.WRITING;
  private @Nullable Sink sink;
  private @Nullable Incoming incoming;
  private @Nullable Dial dial;
  private @Nullable Connection connection;
  private Form form = Form.STREAM;
  private @Nullable Written body;
  private boolean reused;
  private boolean paused;

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
      InferenceRequest request,
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
    form = passed.count() ? Form.COUNT : passed.whole() ? Form.DOCUMENT : upstreams.form(target);
    ask(to);
  }

  private void ask(Sink to) {
    state = State.WRITING;
    TargetDialect dialect = upstreams.dialect(target);
    Reading reading = passed.count() ? dialect.counting(to) : dialect.reading(request, to);
    incoming = new Incoming(reading, passed.room(), upstreams.bounds());
    RequestBytes requests = upstreams.pool(loop, target).requests();
    if (requests.atOnce(request)) {
      try {
        written(requests.body(request, passed, form));
      } catch (Refused e) {
        fail(e.error());
      }
    } else {
      Thread.startVirtualThread(() -> write(requests));
    }
  }

  /** Writes a body that takes long, on a thread of its own. */
  private void write(RequestBytes requests) {
    try {
      Written ready = requests.body(request, passed, form);
      loop.execute(() -> written(ready));
    } catch (Refused e) {
      loop.execute(() -> fail(e.error()));
    } catch (RuntimeException e) {
      loop.execute(() -> bug("a request could not be written", e));
    }
  }

  private void written(Written ready) {
    if (state != State.WRITING) {
      return;
    }
    body = ready;
    Connection idle = upstreams.pool(loop, target).take();
    if (idle != null) {
      reused = true;
      send(idle);
    } else {
      dial();
    }
  }

  private void dial() {
    state = State.DIALING;
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
    state = State.ASKED;
    connection = open;
    open.reading(!paused);
    Written its = Objects.requireNonNull(body);
    open.use(this, open.requests().of(request, its, passed, form, upstreams.allocator()));
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
    state = State.OVER;
    if (incoming != null) {
      incoming.stop();
    }
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

  // Called by the connection.

  /** The answer begins; a field that is not there is empty. */
  void head(int status, String retryAfter) {
    if (status == REQUEST_TIMEOUT && reused) {
      drop();
      again("it answered with status 408.");
      return;
    }
    state = State.ANSWERING;
    body = null; // It may be large, and is not sent again.
    if (status == 200 && !passed.whole()) {
      upstreams.accepts(target, form);
    }
    incoming().head(status, retryAfter);
  }

  /**
   * The next bytes of the body; the reader's index stands anywhere afterwards.
   *
   * @param from has had all before, and nothing else
   */
  void body(ByteBuf in, int count, SseSplitter from) {
    ApiError wrong = incoming().body(in, count, from);
    if (wrong != null) {
      fail(wrong);
    } else if (state != State.OVER && incoming().over()) {
      Connection open = connection;
      done();
      if (open != null) {
        open.leave();
      }
    }
  }

  /** The body is over: what of it is no whole event is one all the same. */
  void lastEvent(SseSplitter from) {
    incoming().lastEvent(from);
  }

  void readComplete() {
    if (state != State.OVER && sink != null) {
      sink.flush();
    }
  }

  /** The body is over, and the connection is free again or closed. */
  void bodyEnd() {
    connection = null;
    if (state != State.OVER && !asksOtherwise()) {
      conclude(incoming().end());
    }
  }

  /**
   * There is no connection any more.
   *
   * @param why a sentence
   */
  void broken(String why) {
    connection = null;
    if (state == State.OVER) {
      return;
    }
    boolean answered = state == State.ANSWERING;
    if (reused && !answered) {
      again(why);
    } else if (!answered && lost.getAsBoolean()) {
      state = State.OVER;
    } else {
      conclude(answered ? incoming().cut(why) : new ApiError.UpstreamFailed(why));
    }
  }

  /**
   * A bug of ours, not the target's fault.
   *
   * @param what a sentence for the log
   */
  void bug(String what, Throwable why) {
    LOG.atError()
        .setCause(why)
        .addKeyValue("request_id", passed.requestId())
        .addKeyValue("target", target.name())
        .log(what);
    fail(new ApiError.Internal());
  }

  private Incoming incoming() {
    if (incoming == null) {
      throw new IllegalStateException("not started");
    }
    return incoming;
  }

  /** Asks on a new connection, once. */
  private void again(String why) {
    reused = false;
    if (sink != null) {
      sink.again(why);
    }
    dial();
  }

  /**
   * Where a target seems to have refused what we added, it is asked without. Only an answer proves
   * that it had: a refusal may repeat what the client wrote.
   */
  private boolean asksOtherwise() {
    Form instead = incoming().instead(form);
    if (instead == null || sink == null) {
      return false;
    }
    form = instead;
    sink.again("it refused what was added to the request.");
    reused = false;
    ask(sink);
    return true;
  }

  private void conclude(@Nullable ApiError wrong) {
    if (wrong != null) {
      fail(wrong);
    } else if (state != State.OVER) {
      done();
    }
  }

  private void done() {
    state = State.OVER;
    connection = null;
    String odd = incoming().oddEnd();
    if (!odd.isEmpty()) {
      upstreams.oddEnd(target, odd);
    }
    if (sink != null) {
      sink.done();
    }
  }

  private void fail(ApiError error) {
    if (state == State.OVER || sink == null) {
      return;
    }
    cancel();
    sink.failed(ErrorText.without(target.key(), error));
  }
}
