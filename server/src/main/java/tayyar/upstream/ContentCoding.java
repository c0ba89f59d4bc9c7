package tayyar.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.compression.JdkZlibDecoder;
import io.netty.handler.codec.compression.ZlibWrapper;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses an answer. The gateway never asks for compression, but some servers, and proxies
 * before them, compress all the same. The expansion is bounded. Lives on one event loop and holds
 * native memory until it is closed.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1">RFC 9110, section 8.4.1</a>
 */
final class ContentCoding {
  /** The bytes decompressed at once, which expand at most a thousandfold. */
  private static final int PIECE_BYTES = 512;

  private static final long MADE_BYTES_FREE = 8 * 1024 * 1024;
  private static final long RATIO_MAX = 100;

  /** Receives the decompressed bytes. */
  @FunctionalInterface
  interface Plain {
    /**
     * Takes the next bytes; the buffer stays the caller's.
     *
     * @return false to get no more
     */
    boolean part(ByteBuf in, int count);
  }

  private final Plain to;
  private final EmbeddedChannel undoing;
  private boolean wanted = true;
  private boolean feeding;
  private long came;
  private long made;

  private ContentCoding(JdkZlibDecoder decoder, Plain to) {
    this.to = to;
    this.undoing = new EmbeddedChannel(decoder, new Taking());
  }

  /** Whether a Content-Encoding field means no compression; an absent field is empty. */
  static boolean isNone(String field) {
    return field.isEmpty() || field.strip().equalsIgnoreCase("identity");
  }

  /** Returns the decompressor of a coding, or null where it is unknown. */
  static @Nullable ContentCoding of(String field, Plain to) {
    return switch (field.strip().toLowerCase(Locale.ROOT)) {
      case "gzip", "x-gzip" -> new ContentCoding(new JdkZlibDecoder(ZlibWrapper.GZIP, true, 0), to);
      case "deflate" -> new ContentCoding(new JdkZlibDecoder(ZlibWrapper.ZLIB_OR_NONE, 0), to);
      default -> null;
    };
  }

  /**
   * Takes the next bytes of the answer; the reader index is undefined afterwards.
   *
   * @return the fault in them, or null
   */
  @Nullable String feed(ByteBuf in, int count) {
    feeding = true;
    try {
      for (int left = count; left > 0 && wanted; left -= PIECE_BYTES) {
        byte[] piece = new byte[Math.min(left, PIECE_BYTES)];
        in.readBytes(piece);
        came += piece.length;
        undoing.writeInbound(Unpooled.wrappedBuffer(piece));
        if (made > MADE_BYTES_FREE + RATIO_MAX * came) {
          return "its compressed answer is too large.";
        }
      }
      return null;
    } catch (DecoderException e) {
      return "its compressed answer is broken.";
    } finally {
      feeding = false;
      if (!wanted) {
        undoing.close();
      }
    }
  }

  /** Passes nothing more on and frees its memory. May be called from within {@link Plain#part}. */
  void close() {
    wanted = false;
    if (!feeding) {
      undoing.close();
    }
  }

  private final class Taking extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf plain = (ByteBuf) message;
      int count = plain.readableBytes();
      made += count;
      if (wanted && !to.part(plain, count)) {
        wanted = false;
      }
      plain.release();
    }
  }
}
