package tayyar.bench;

import io.netty.channel.ChannelFuture;
import java.util.ArrayList;
import java.util.List;

/**
 * Connections of HTTP/2: as few as carry the requests under way, for each has many of them at a
 * time.
 */
final class Http2Connections implements Connections {
  private final Lane lane;
  private final EndpointLink link;
  private final ConnectionUse use;
  private final List<SharedConnection> open = new ArrayList<>();

  Http2Connections(Lane lane, EndpointLink link, ConnectionUse use) {
    this.lane = lane;
    this.link = link;
    this.use = use;
  }

  @Override
  public void send(MeasuredRequest measured) {
    for (SharedConnection each : open) {
      if (each.hasRoom()) {
        each.take(measured);
        return;
      }
    }
    sendOnNew(measured);
  }

  @Override
  public void sendOnNew(MeasuredRequest measured) {
    open.removeIf(SharedConnection::isOver);
    SharedConnection opened = new Http2Codec(this, lane, link, use).build();
    open.add(opened);
    opened.take(measured);
    link.connect(lane.loop(), channel -> channel.pipeline().addLast(opened))
        .addListener(done -> lane.guarded(() -> connected(opened, (ChannelFuture) done)));
  }

  private static void connected(SharedConnection opened, ChannelFuture done) {
    if (!done.isSuccess()) {
      opened.lost(EndpointLink.failure(done.cause()));
    }
  }
}
