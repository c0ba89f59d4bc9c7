package tayyar.http;

import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
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

  /** Returns the client's address; null on a Unix socket. */
  @Nullable InetAddress client();

  /** Whether the connection itself is encrypted. */
  boolean isEncrypted();

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
