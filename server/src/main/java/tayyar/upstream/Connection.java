package tayyar.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tayyar.net.Transport;
import tayyar.process.Vital;
import tayyar.wire.SseSplitter;

/**
 * One connection to a target, used by one {@link HttpSource} at a time. Lives on one event loop.
 *
 * <pre>
 *   IDLE --use()--> ASKED --final head--> ANSWERING --its end--> IDLE
 *     |               |                       |
 *     +---------------+---- anything else ----+--> CLOSED
 * </pre>
 *
 * It is reused only where both sides are certainly over: the request was sent whole before its
 * answer began, the answer's {@link Framing framing} was unambiguous, and nothing came after its
 * end. Between two uses it waits in its loop's pool; a byte or an end that comes then closes it. So
 * no request ever gets the answer to another.
 */
final class Connection extends ChannelInboundHandlerAdapter implements ChannelFutureListener {
  private static final HttpDecoderConfig HTTP = new HttpDecoderConfig().setMaxHeaderSize(64 * 1024);

  /** The most bytes skipped after a complete answer, before the connection is given up. */
  private static final int LEFTOVER_BYTES_MAX = 16 * 1024;

  /** The longest wait for an end after a complete answer, or after a refusal's head. */
  private static final int END_MS_MAX = 2_000;

  private static final String CUT = "it closed the connection before the answer was complete.";
  private static final String MALFORMED = "its answer is no HTTP that can be read in one way only.";
  private static final String CODED = "it coded its answer in a way that nobody asked for.";
  private static final String EARLY = "it answered before it was asked.";

  private enum State {
    IDLE,
    ASKED,
    ANSWERING,
    CLOSED
  }

  private final Channel channel;
  private final IdleConnections.OfTarget pool;
  private final Tls.@Nullable Records records;
  private final ChunkedDecoder decoder = new ChunkedDecoder(HTTP, this::data);
  private final SseSplitter splitter;
  private final Interim interim = new Interim();
  private State state = State.IDLE;
  private boolean served;
  private @Nullable HttpSource user;
  private @Nullable ChannelFuture sent;
  private boolean reusable;
  private @Nullable ContentCoding coding;
  private boolean giving;
  private int leftover;
  private @Nullable ScheduledFuture<?> ending;

  /**
   * Creates a connection that has not been used.
   *
   * @param records the TLS handler before it, if the target speaks TLS
   */
  Connection(
      Channel channel,
      IdleConnections.OfTarget pool,
      Tls.@Nullable Records records,
      int eventBytesMax) {
    this.channel = channel;
    this.pool = pool;
    this.records = records;
    this.splitter = new SseSplitter(eventBytesMax);
  }

  /** Adds itself to the end of the pipeline. */
  void addTo(ChannelPipeline pipeline) {
    if (records != null) {
      pipeline.addLast(records);
    }
    pipeline.addLast(decoder).addLast(this);
  }

  /** Returns the writer of requests to its target. */
  RequestBytes requests() {
    return pool.requests();
  }

  /** Sends a request; its answer goes to the user. */
  void use(HttpSource source, ByteBuf request) {
    state = State.ASKED;
    user = source;
    reusable = false;
    leftover = 0;
    interim.reset();
    sent = channel.writeAndFlush(request);
    sent.addListener(this);
  }

  /**
   * A failed send does not end the answer: a target that no longer takes the request may have said
   * why, and that is still read.
   */
  @Override
  public void operationComplete(ChannelFuture sending) {
    if (sending.isSuccess() || state == State.CLOSED) {
      return;
    }
    if (sending.cause() instanceof IOException && channel.isActive()) {
      reading(true);
      awaitEnd();
    } else {
      broken(CUT);
    }
  }

  /** Leaves the connection: its user needs no more. It is kept if the answer's end comes soon. */
  void leave() {
    user = null;
    if (state == State.ANSWERING) {
      reading(true);
      if (!giving) {
        awaitEnd();
      }
    }
  }

  /**
   * Waits for the end of an answer that matters no more. Not called while a stream is read, as its
   * end is mostly among the bytes.
   */
  private void awaitEnd() {
    if (ending == null) {
      ending = channel.eventLoop().schedule(this::late, END_MS_MAX, TimeUnit.MILLISECONDS);
    }
  }

  private void late() {
    broken(CUT);
  }

  void close() {
    over(State.CLOSED);
    channel.close();
  }

  private void over(State next) {
    user = null;
    state = next;
    if (coding != null) {
      coding.close();
      coding = null;
    }
    if (ending != null) {
      ending.cancel(false);
      ending = null;
    }
  }

  /** Whether another request can be sent: no byte has come since the last answer's end. */
  boolean isFree() {
    return state == State.IDLE && isAtRest() && Transport.isQuiet(channel);
  }

  private boolean isAtRest() {
    return channel.isActive() && decoder.isAtRest() && (records == null || records.isAtRest());
  }

  void reading(boolean on) {
    channel.config().setAutoRead(on);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (state == State.IDLE) {
        close();
      } else if (state == State.ASKED && message instanceof HttpResponse response) {
        head(response);
      }
      if (message instanceof HttpContent content && state == State.ANSWERING) {
        content(content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void head(HttpResponse response) {
    int status = response.status().code();
    if (response.decoderResult().isFailure() || status < 100) {
      broken(MALFORMED);
    } else if (status < 200) {
      interim(response);
    } else if (begins(Framing.isCertain(response)) && user != null) {
      HttpHeaders fields = response.headers();
      user.head(status, fields.get(HttpHeaderNames.RETRY_AFTER, ""));
      if (state == State.ANSWERING) {
        body(status, fields);
      }
    }
  }

  /** Prepares for the body. */
  private void body(int status, HttpHeaders fields) {
    String packed = String.join(",", fields.getAll(HttpHeaderNames.CONTENT_ENCODING));
    if (!ContentCoding.isNone(packed)) {
      coding = ContentCoding.of(packed, this::plain);
    }
    if (!Framing.isPlain(fields) || (coding == null && !ContentCoding.isNone(packed))) {
      broken(CODED);
    } else if (status != 200) {
      awaitEnd();
    }
  }

  /**
   * Checks an interim answer; the final one is still to come. Netty reports an interim answer's end
   * as content, which is skipped.
   */
  private void interim(HttpResponse response) {
    String wrong = interim.wrong(response);
    if (wrong != null) {
      broken(wrong);
    }
  }

  /**
   * Begins the final answer. On a reused connection, an answer that comes before its request was
   * sent whole may belong to another request.
   */
  private boolean begins(boolean certain) {
    boolean asked = sent != null && sent.isSuccess();
    if (!asked && served) {
      broken(EARLY);
      return false;
    }
    state = State.ANSWERING;
    reusable = certain && asked;
    return true;
  }

  private void content(HttpContent content) {
    if (content.decoderResult().isFailure()) {
      broken(MALFORMED);
      return;
    }
    data(content.content(), content.content().readableBytes());
    if (content instanceof LastHttpContent && state == State.ANSWERING) {
      answered();
    }
  }

  /** A part of the answer's body. */
  private void data(ByteBuf in, int count) {
    if (user != null) {
      giving = true;
      if (coding == null) {
        user.body(in, count, splitter);
      } else {
        coded(coding, in, count);
      }
      giving = false;
      return;
    }
    leftover += count;
    if (leftover > LEFTOVER_BYTES_MAX) {
      close();
    }
  }

  private void coded(ContentCoding its, ByteBuf in, int count) {
    String wrong = its.feed(in, count);
    if (wrong != null && user != null) {
      broken(wrong);
    }
  }

  private boolean plain(ByteBuf in, int count) {
    if (user != null) {
      user.body(in, count, splitter);
    }
    return user != null;
  }

  private void answered() {
    HttpSource source = user;
    if (source != null) {
      source.lastEvent(splitter);
      source = user;
    }
    if (reusable && isAtRest()) {
      free();
    } else {
      close();
    }
    if (source != null) {
      source.bodyEnd();
    }
  }

  private void free() {
    over(State.IDLE);
    served = true;
    splitter.reset();
    reading(true);
    pool.put(this);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (user != null) {
      user.readComplete();
    } else if (state == State.IDLE && !isAtRest()) {
      close();
    } else if (state == State.ANSWERING) {
      awaitEnd();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    pool.remove(this);
    broken(CUT);
  }

  /**
   * Ends the connection. Any exception besides network errors and malformed bytes is a bug in the
   * code that reads the answer.
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Vital.check(cause);
    Throwable inside = cause instanceof DecoderException ? cause.getCause() : null;
    Throwable why = inside == null ? cause : inside;
    HttpSource source = user;
    if (source != null && !(why instanceof IOException || why instanceof CodecException)) {
      close();
      source.bug("an answer could not be read", why);
    } else {
      broken(CUT);
    }
  }

  private void broken(String why) {
    HttpSource source = user;
    close();
    if (source != null) {
      source.broken(why);
    }
  }
}
