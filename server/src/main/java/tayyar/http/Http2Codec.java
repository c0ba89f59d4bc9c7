package tayyar.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import tayyar.api.Bound;

/**
 * Sets up HTTP/2 on a connection: what the client is told of us, and the bounds that the codec
 * itself keeps. {@link FrameWatch} keeps the others.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113">RFC 9113</a>
 */
final class Http2Codec extends AbstractHttp2ConnectionHandlerBuilder<Http2Connection, Http2Codec> {
  /**
   * Streams that one side may reset in {@link #RESET_SECONDS}. A client that cancels and a proxy
   * that has many such clients stay below; each costs no more than a connection over HTTP/1.1.
   */
  static final int RESETS_MAX = 1_000;

  private static final int RESET_SECONDS = 30;

  /** Acknowledgements that may wait for a client that reads nothing. */
  private static final int ANSWERS_WAITING_MAX = 1_000;

  /**
   * Bytes of a body that may come before more is asked for. Bodies are taken in as they come, so
   * this bounds no memory but keeps long ways busy.
   */
  static final int WINDOW_BYTES = 256 * 1024;

  private final Server server;
  private final Channel channel;
  private final Refusals refusals;

  Http2Codec(Server server, Channel channel) {
    this.server = server;
    this.channel = channel;
    this.refusals = new Refusals();
    connection(fair(refusals));
    validateHeaders(true);
    validateRequiredPseudoHeaders(true);
    decoupleCloseAndGoAway(true);
    decoderEnforceMaxRstFramesPerWindow(RESETS_MAX, RESET_SECONDS);
    encoderEnforceMaxRstFramesPerWindow(RESETS_MAX, RESET_SECONDS);
    encoderEnforceMaxQueuedControlFrames(ANSWERS_WAITING_MAX);
    encoderIgnoreMaxHeaderListSize(true);
    // An id is never the same again; it would only push others out of the client's table.
    headerSensitivityDetector((name, _) -> Http2Head.REQUEST_ID.contentEquals(name));
    initialSettings(
        new Http2Settings()
            .maxConcurrentStreams(server.bounds().of(Bound.CONNECTION_STREAMS))
            .maxHeaderListSize(server.bounds().of(Bound.HEADER_BYTES))
            .initialWindowSize(WINDOW_BYTES));
  }

  /** Streams get equal shares of a connection's window: their priorities are gone from HTTP/2. */
  private static Refusals fair(Refusals connection) {
    connection
        .remote()
        .flowController(
            new DefaultHttp2RemoteFlowController(
                connection, new UniformStreamByteDistributor(connection)));
    return connection;
  }

  @Override
  protected Http2Connection build() {
    return super.build();
  }

  @Override
  protected Http2Connection build(
      Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
    return new Http2Connection(server, channel, refusals, decoder, encoder, settings);
  }
}
