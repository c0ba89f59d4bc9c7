package tayyar.bench;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.util.ArrayDeque;
import java.util.Deque;

/** Connections of HTTP/1.1: each has one request at a time, and is kept for the next. */
final class Http1Connections implements Connections {
  private final Lane lane;
  private final EndpointLink link;
  private final boolean keepAlive;
  private final Deque<ClientConnection> idle = new ArrayDeque<>();

  Http1Connections(Lane lane, EndpointLink link, boolean keepAlive) {
    this.lane = lane;
    this.link = link;
    this.keepAlive = keepAlive;
  }

  @Override
  public void send(MeasuredRequest measured) {
    ClientConnection connection = idle.pollFirst();
    while (connection != null && !connection.isOpen()) {
      connection = idle.pollFirst();
    }
    if (connection != null) {
      use(connection, measured);
    } else {
      sendOnNew(measured);
    }
  }

  private void use(ClientConnection connection, MeasuredRequest measured) {
    connection.use(measured, link.request(measured.drawn(), lane.buffer()));
  }

  @Override
  public void sendOnNew(MeasuredRequest measured) {
    link.connect(lane.loop(), this::prepare)
        .addListener(done -> lane.guarded(() -> connected(measured, (ChannelFuture) done)));
  }

  private void prepare(Channel channel) {
    var config = new HttpDecoderConfig().setValidateHeaders(false).setMaxChunkSize(64 * 1024);
    channel
        .pipeline()
        .addLast(new HttpResponseDecoder(config), new ClientConnection(channel, lane, this));
  }

  private void connected(MeasuredRequest measured, ChannelFuture done) {
    Channel channel = done.channel();
    if (!done.isSuccess()) {
      measured.fail(EndpointLink.failure(done.cause()));
    } else if (measured.isEnded()) {
      channel.close();
    } else {
      use(channel.pipeline().get(ClientConnection.class), measured);
    }
  }

  /** Takes back a connection whose request is over. */
  void free(ClientConnection connection, boolean mayKeep) {
    if (mayKeep && keepAlive && connection.isOpen()) {
      idle.addFirst(connection);
    } else {
      connection.drop();
    }
  }
}
