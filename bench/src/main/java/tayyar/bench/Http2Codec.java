package tayyar.bench;

import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;

/** Sets up HTTP/2 on a connection: what the server is told of its client. */
final class Http2Codec extends AbstractHttp2ConnectionHandlerBuilder<SharedConnection, Http2Codec> {
  /** What a server may send ahead of its reader on one stream. */
  private static final int STREAM_WINDOW_BYTES = 1024 * 1024;

  private static final int HEAD_BYTES_MAX = 64 * 1024;

  private final Http2Connections pool;
  private final Lane lane;
  private final EndpointLink link;
  private final ConnectionUse use;

  Http2Codec(Http2Connections pool, Lane lane, EndpointLink link, ConnectionUse use) {
    this.pool = pool;
    this.lane = lane;
    this.link = link;
    this.use = use;
    server(false);
    validateHeaders(false);
    encoderIgnoreMaxHeaderListSize(true);
    initialSettings(
        new Http2Settings()
            .pushEnabled(false)
            .maxHeaderListSize(HEAD_BYTES_MAX)
            .initialWindowSize(STREAM_WINDOW_BYTES));
  }

  @Override
  protected SharedConnection build() {
    return super.build();
  }

  @Override
  protected SharedConnection build(
      Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
    return new SharedConnection(pool, lane, link, use, decoder, encoder, settings);
  }
}
