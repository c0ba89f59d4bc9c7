package tayyar.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Finds bytes in a socket that its event loop has not read yet. Netty reports bytes only once it
 * has read them; code that relies on silence has to ask the kernel.
 */
final class Unread {
  /** The socket of a NIO channel, which has no accessor for it. */
  private static final AttributeKey<SocketChannel> SOCKET = AttributeKey.valueOf("tayyar.socket");

  /** Takes a byte that nobody looks at, so all threads share it. */
  private static final ByteBuffer BYTE = ByteBuffer.allocateDirect(1);

  private Unread() {}

  /** Makes a NIO channel for which {@link #none} works. */
  static Channel nio(boolean unix) {
    try {
      SocketChannel socket =
          unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
      Channel channel = unix ? new NioDomainSocketChannel(socket) : new NioSocketChannel(socket);
      channel.attr(SOCKET).set(socket);
      return channel;
    } catch (IOException e) {
      throw new ChannelException("no socket can be opened", e);
    }
  }

  /** Whether there is nothing, neither bytes nor an end. Loses one byte where there are some. */
  static boolean none(Channel channel) {
    try {
      if (channel instanceof UnixChannel unix) {
        return unix.fd().read(BYTE, 0, 1) == 0;
      }
      SocketChannel socket = channel.attr(SOCKET).get();
      return socket == null || socket.read(BYTE.duplicate()) == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
