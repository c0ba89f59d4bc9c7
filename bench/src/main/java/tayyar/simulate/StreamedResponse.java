package tayyar.simulate;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import java.util.Arrays;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A streamed answer on its way. It runs on its connection's event loop, one token a step:
 *
 * <pre>
 *   waiting --(time, release, writable)--> step --(last token)--> over
 *                    ^                      |
 *                    +----------------------+
 * </pre>
 *
 * Without a pace, it writes as fast as the peer reads.
 */
final class StreamedResponse implements Runnable {
  private static final int FLUSH_TOKENS = 32;
  private static final byte[] LETTERS = new byte[16 * 1024];
  private static final byte[] MEBIBYTE = new byte[1024 * 1024];

  static {
    Arrays.fill(LETTERS, (byte) 'a');
    Arrays.fill(MEBIBYTE, (byte) 'b');
  }

  private final Channel channel;
  private final ReceivedRequest received;
  private final Script script;
  private final ScriptedResponse scripted;
  private final ResponseBytes bytes;
  private final long paceNanos;
  private final int tokens;
  private final boolean bytewise;
  private final boolean eventwise;
  private final Runnable onOver;
  private @Nullable Future<?> timer;
  private boolean headOut;
  private boolean waiting;
  private boolean over;
  private boolean endless;
  private int next;

  /**
   * @param scripted the request and its answer
   * @param onOver told when the connection may serve its next request
   */
  StreamedResponse(
      Channel channel, ReceivedRequest received, ScriptedResponse scripted, Runnable onOver) {
    this.channel = channel;
    this.received = received;
    this.scripted = scripted;
    this.script = scripted.script();
    this.bytes = ResponseBytes.of(scripted);
    this.paceNanos = script.nanos(Word.PACE);
    this.tokens = scripted.tokens();
    this.bytewise = script.has(Word.BYTEWISE);
    this.eventwise = script.has(Word.EVENTWISE);
    this.next = scripted.from();
    this.onOver = onOver;
  }

  void start() {
    received.begun(script.number(Word.HOLD), () -> channel.eventLoop().execute(this::resume));
    if (script.has(Word.EARLYHEAD)) {
      head();
      channel.flush();
    }
    later(script.nanos(Word.FIRST));
  }

  /** The peer is gone. */
  void gone() {
    if (timer != null) {
      timer.cancel(false);
    }
    if (!over) {
      over = true;
      received.ended(ReceivedRequest.How.PEER_LEFT);
    }
  }

  /** The connection takes bytes again, or a hold was lifted. */
  void resume() {
    if (waiting) {
      waiting = false;
      channel.eventLoop().execute(this);
    }
  }

  @Override
  public void run() {
    while (!over) {
      if (!channel.isWritable() || received.holdsAt(next)) {
        park();
        return;
      }
      if (endless) {
        write(bytes.raw(buffers(), LETTERS));
        continue;
      }
      head();
      if (strikes()) {
        return;
      }
      if (next == tokens) {
        end();
        return;
      }
      token();
      if (paceNanos > 0) {
        channel.flush();
        later(paceNanos);
        return;
      }
    }
  }

  private void park() {
    waiting = true;
    channel.flush();
    if (received.holdsAt(next)) {
      received.standsAt(next);
    } else if (channel.isWritable()) {
      resume();
    }
  }

  private void later(long nanos) {
    if (nanos > 0) {
      timer = channel.eventLoop().schedule(this, nanos, TimeUnit.NANOSECONDS);
    } else {
      run();
    }
  }

  private void head() {
    if (headOut) {
      return;
    }
    headOut = true;
    write(
        Unpooled.copiedBuffer(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                + (scripted.chunked() ? "Transfer-Encoding: chunked\r\n" : "Connection: close\r\n")
                + "\r\n",
            US_ASCII));
    if (script.has(Word.NOCHOICES)) {
      write(bytes.chunk(buffers(), ""));
    }
    if (!script.has(Word.EMPTY)) {
      write(bytes.first(buffers()));
    }
  }

  private boolean strikes() {
    if (at(Word.CUT) || at(Word.RESET)) {
      if (at(Word.RESET)) {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
      }
      written();
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      return true;
    }
    if (at(Word.STALL)) {
      channel.flush();
      return true;
    }
    if (at(Word.ERROREVENT)) {
      write(bytes.error(buffers()));
      lastChunk();
      return true;
    }
    return false;
  }

  private void token() {
    if (at(Word.GARBAGE)) {
      write(bytes.data(buffers(), "{\"choices\":[{\"index\":0,\"delta\":{\"content\":"));
    }
    if (at(Word.BADFRAME)) {
      write(Unpooled.copiedBuffer("not hex\r\n", US_ASCII));
    }
    if (at(Word.ENDLESS)) {
      endless = true;
      write(bytes.raw(buffers(), "data: {\"id\":\"".getBytes(US_ASCII)));
      return;
    }
    boolean last = script.has(Word.FINISHWITHTOKEN) && next == tokens - 1;
    if (scripted.calls().at(next)) {
      write(bytes.call(buffers(), next, last ? scripted.finish() : null));
    } else {
      text(at(Word.BIG) ? MEBIBYTE : scripted.speech().token(next), last);
    }
    next++;
    received.wrote(next);
    if (next % FLUSH_TOKENS == 0) {
      channel.flush();
    }
  }

  private void text(byte[] text, boolean last) {
    if (last) {
      write(bytes.lastToken(buffers(), text));
    } else {
      write(bytes.token(buffers(), text, next < script.number(Word.REASONING)));
    }
  }

  private void end() {
    if (!script.has(Word.EMPTY)) {
      if (!script.has(Word.NOFINISH) && !script.has(Word.FINISHWITHTOKEN)) {
        write(bytes.finish(buffers()));
      }
      if (scripted.usageWanted()) {
        write(bytes.usage(buffers(), next - scripted.from()));
      }
      if (!script.has(Word.NODONE)) {
        write(bytes.done(buffers()));
      }
    }
    lastChunk();
  }

  private void lastChunk() {
    written();
    if (scripted.chunked() && !script.has(Word.CLOSES)) {
      write(Unpooled.copiedBuffer("0\r\n\r\n", US_ASCII));
    }
    if (!scripted.keepAlive() || script.has(Word.CLOSES)) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    channel.flush();
    onOver.run();
  }

  private void written() {
    over = true;
    received.ended(ReceivedRequest.How.WRITTEN);
  }

  private boolean at(Word fault) {
    return script.number(fault) == next;
  }

  private void write(ByteBuf bytes) {
    if (!bytewise) {
      var _ = eventwise ? channel.writeAndFlush(bytes) : channel.write(bytes);
      return;
    }
    while (bytes.isReadable()) {
      var _ = channel.writeAndFlush(bytes.readRetainedSlice(1));
    }
    bytes.release();
  }

  private ByteBufAllocator buffers() {
    return channel.alloc();
  }
}
