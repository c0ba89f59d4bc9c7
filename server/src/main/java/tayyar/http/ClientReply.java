package tayyar.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.dialect.ClientDialect;
import tayyar.dialect.Reply;

/**
 * The way back to a client over a transport: the answers of models, and documents of any kind. The
 * transport frames them, adds the header fields common to all answers, and counts the bytes that
 * wait.
 */
interface ClientReply extends Reply {

  /** Returns the dialect of the errors. */
  ClientDialect dialect();

  /** Sets the dialect of the errors, once the route is known. */
  void speak(ClientDialect dialect);

  /** Returns the connection's channel. */
  Channel channel();

  /** Whether its last byte was given to the channel. */
  boolean isOver();

  /** Returns the client's address; null on a Unix socket. */
  default @Nullable InetAddress client() {
    return channel().remoteAddress() instanceof InetSocketAddress peer ? peer.getAddress() : null;
  }

  /** Whether the connection itself is encrypted. */
  default boolean isEncrypted() {
    return channel().pipeline().get(SslHandler.class) != null;
  }

  /**
   * Answers with a whole document and closes the reply.
   *
   * @return done when the socket has taken all of it
   */
  ChannelFuture document(Document document);

  @Override
  default int status(ApiError error) {
    return dialect().status(error);
  }

  @Override
  default ChannelFuture error(ApiError error) {
    return document(Document.of(error, dialect()));
  }
}
