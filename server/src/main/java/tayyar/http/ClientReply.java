package tayyar.http;

import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.dialect.ClientDialect;
import tayyar.dialect.Reply;

/**
 * The way back to a client over a transport: the answers of models, and documents of any kind. The
 * transport frames them, adds the fields that every answer has, and counts what waits.
 */
interface ClientReply extends Reply {

  /** What errors are told in. */
  ClientDialect dialect();

  /** The address that the client's connection comes from; null where it has none. */
  @Nullable InetAddress client();

  /**
   * Answers with a document that is whole; closes the reply.
   *
   * @return done when the socket has taken all of it
   */
  ChannelFuture document(Document document);

  @Override
  default ChannelFuture error(ApiError error) {
    return document(Document.of(error, dialect()));
  }
}
