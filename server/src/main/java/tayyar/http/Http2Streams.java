package tayyar.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Hears of a connection's streams, by the frames that concern them and by their close. Lives on one
 * event loop.
 */
final class Http2Streams extends Http2EventAdapter {
  private final Http2Connection connection;
  private final Http2Requests requests;

  Http2Streams(Http2Connection connection, Http2Requests requests) {
    this.connection = connection;
    this.requests = requests;
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int stream,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean end)
      throws Http2Exception {
    Http2Request open = requests.of(stream);
    if (open == null) {
      open = connection.begin(stream, headers, end);
    }
    if (end) {
      open.ended();
    }
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int stream, ByteBuf data, int padding, boolean end) {
    int taken = data.readableBytes() + padding;
    Http2Request open = requests.of(stream);
    if (open != null) {
      open.data(data, end);
    }
    return taken;
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    Http2Request its = requests.remove(stream);
    if (its != null) {
      connection.closed(its);
    }
  }
}
