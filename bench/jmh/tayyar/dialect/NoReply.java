package tayyar.dialect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import tayyar.api.ApiError;

/** Takes everything and writes nothing. */
public final class NoReply implements Reply {
  private final ByteBuf out = Unpooled.directBuffer(4096);
  private final ChannelFuture done = new EmbeddedChannel().newSucceededFuture();

  @Override
  public void target(String name) {}

  @Override
  public ByteBuf events() {
    return out.clear();
  }

  @Override
  public void streamHead() {}

  @Override
  public void flush() {}

  @Override
  public void send(ByteBuf events) {}

  @Override
  public ChannelFuture end(ByteBuf events) {
    return done;
  }

  @Override
  public ChannelFuture whole(ByteBuf json) {
    return done;
  }

  @Override
  public ChannelFuture error(ApiError error) {
    return done;
  }

  @Override
  public int status(ApiError error) {
    return 500;
  }

  @Override
  public void abort() {}

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public long sentBytes() {
    return 0;
  }

  @Override
  public long waitingBytes() {
    return 0;
  }
}

