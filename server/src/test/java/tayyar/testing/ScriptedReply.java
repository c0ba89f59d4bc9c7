package tayyar.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.dialect.Reply;

/** A reply that remembers each write and takes bytes only when a test says so. */
public final class ScriptedReply implements Reply {
  public final EmbeddedChannel channel;
  public final List<String> writes = new ArrayList<>();
  public final List<ApiError> errors = new ArrayList<>();
  public boolean headOut;
  public boolean flushedHead;
  public boolean ended;
  public boolean aborted;
  public boolean writable = true;
  public long waitingBytes;
  public boolean holdLast;
  public @Nullable ChannelPromise last;

  /** Takes all writes at once. */
  public ScriptedReply(EmbeddedChannel channel) {
    this.channel = channel;
  }

  /** Returns all bytes written. */
  public String body() {
    return String.join("", writes);
  }

  /** Returns the events written, without their blank lines. */
  public List<String> said() {
    return List.of(body().split("\n\n", -1)).stream().filter(e -> !e.isEmpty()).toList();
  }

  @Override
  public void target(String name) {}

  @Override
  public long sentBytes() {
    return body().length();
  }

  @Override
  public ByteBuf events() {
    return Unpooled.buffer();
  }

  @Override
  public void streamHead() {
    headOut = true;
  }

  @Override
  public void flush() {
    flushedHead = headOut;
  }

  @Override
  public void send(ByteBuf events) {
    if (!events.isReadable()) {
      throw new IllegalStateException("an empty piece ends the body");
    }
    writes.add(events.toString(UTF_8));
    events.release();
  }

  @Override
  public ChannelFuture end(ByteBuf events) {
    send(events);
    return over();
  }

  @Override
  public ChannelFuture whole(ByteBuf json) {
    send(json);
    return over();
  }

  @Override
  public int status(ApiError error) {
    return error.status();
  }

  @Override
  public ChannelFuture error(ApiError error) {
    errors.add(error);
    return over();
  }

  private ChannelFuture over() {
    ended = true;
    ChannelPromise promise = channel.newPromise();
    last = promise;
    return holdLast ? promise : promise.setSuccess();
  }

  @Override
  public void abort() {
    aborted = true;
  }

  @Override
  public boolean writable() {
    return writable;
  }

  @Override
  public long waitingBytes() {
    return waitingBytes;
  }
}
