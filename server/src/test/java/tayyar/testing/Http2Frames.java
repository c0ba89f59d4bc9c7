package tayyar.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client that sends any frames of HTTP/2 and reads those that come. It acknowledges settings and
 * opens windows only where a test says so. For one thread.
 */
public final class Http2Frames implements AutoCloseable {
  /** Types of frames. */
  public static final int DATA = 0;

  /** A head or its trailers. */
  public static final int HEADERS = 1;

  /** What comes first. */
  public static final int PRIORITY = 2;

  /** The end of a stream by force. */
  public static final int RST_STREAM = 3;

  /** What each side is told of the other. */
  public static final int SETTINGS = 4;

  /** A sign of life. */
  public static final int PING = 6;

  /** The end of a connection. */
  public static final int GOAWAY = 7;

  /** Room for more. */
  public static final int WINDOW_UPDATE = 8;

  /** The rest of a head. */
  public static final int CONTINUATION = 9;

  /** The end of the stream, or the answer to SETTINGS or PING. */
  public static final int END_STREAM = 1;

  /** The end of a head. */
  public static final int END_HEADERS = 4;

  /** The setting of the window that a stream begins with. */
  public static final int INITIAL_WINDOW_SIZE = 4;

  private static final int FRAME_BYTES_MAX = 16_384;
  private static final int READ_TIMEOUT_MS = 30_000;

  /**
   * A frame.
   *
   * @param type what it is
   * @param flags what its type has flags for
   * @param stream its stream, 0 for the connection
   * @param payload its bytes
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  public record Frame(int type, int flags, int stream, byte[] payload) {
    /** Whether it ends its stream. */
    public boolean ends() {
      return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    }

    /** The number that it carries from this byte on: an error's code, a setting's value. */
    public int number(int at) {
      return ByteBuffer.wrap(payload).getInt(at);
    }

    /** Its text. */
    public String text() {
      return new String(payload, UTF_8);
    }

    @Override
    public String toString() {
      return "type %d, flags %d, stream %d, %d bytes"
          .formatted(type, flags, stream, payload.length);
    }
  }

  private final Socket socket;
  private final DataInputStream in;
  private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

  /** Frames that came while those of other streams were awaited, and the fields of heads. */
  private final List<Frame> early = new ArrayList<>();

  private final IdentityHashMap<Frame, List<Map.Entry<String, String>>> decoded =
      new IdentityHashMap<>();

  /** Over a connection that is open; sends nothing yet. */
  public Http2Frames(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
  }

  /** Connects without TLS, and sends the preface and these settings. */
  public static Http2Frames to(InetSocketAddress address, int... settings) throws IOException {
    return silent(address).preface(settings);
  }

  /** The same without the preface. */
  public static Http2Frames silent(InetSocketAddress address) throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(READ_TIMEOUT_MS);
    return new Http2Frames(socket);
  }

  /** Sends the preface and these settings, each a name and a value. */
  public Http2Frames preface(int... settings) throws IOException {
    ByteBuf payload = Unpooled.buffer();
    for (int i = 0; i < settings.length; i += 2) {
      payload.writeShort(settings[i]).writeInt(settings[i + 1]);
    }
    bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    return send(SETTINGS, 0, 0, ByteBufUtil.getBytes(payload));
  }

  /** Sends bytes as they are. */
  public Http2Frames bytes(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Sends a frame in one write. */
  public Http2Frames send(int type, int flags, int stream, byte... payload) throws IOException {
    return bytes(frame(type, flags, stream, payload));
  }

  /** A frame's bytes. */
  public static byte[] frame(int type, int flags, int stream, byte... payload) {
    ByteBuf frame = Unpooled.buffer(9 + payload.length);
    frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
    return ByteBufUtil.getBytes(frame.writeBytes(payload));
  }

  /** Sends a head in one write, its fields by names and values in turn. */
  public Http2Frames headers(int stream, boolean end, String... fields) throws IOException {
    return bytes(head(stream, end, fields));
  }

  /** A head's frames: HEADERS, and CONTINUATION for what is too large for one frame. */
  public byte[] head(int stream, boolean end, String... fields) throws IOException {
    byte[] block = block(fields);
    ByteBuf frames = Unpooled.buffer();
    for (int from = 0; from == 0 || from < block.length; from += FRAME_BYTES_MAX) {
      int to = Math.min(block.length, from + FRAME_BYTES_MAX);
      int flags = (end && from == 0 ? END_STREAM : 0) | (to == block.length ? END_HEADERS : 0);
      byte[] part = Arrays.copyOfRange(block, from, to);
      frames.writeBytes(frame(from == 0 ? HEADERS : CONTINUATION, flags, stream, part));
    }
    return ByteBufUtil.getBytes(frames);
  }

  /** Sends the head of a request for a path, with more fields. */
  public Http2Frames get(int stream, String path, String... more) throws IOException {
    return headers(stream, true, fields("GET", path, more));
  }

  /** The fields of a request, pseudo fields first. */
  public static String[] fields(String method, String path, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(":method", method, ":scheme", "http", ":path", path, ":authority", "test"));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  /** The fields of a chat with a key. */
  public static String[] chatFields(String key, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of("authorization", "Bearer " + key, "content-type", "application/json"));
    all.addAll(List.of(more));
    return fields("POST", "/v1/chat/completions", all.toArray(String[]::new));
  }

  /** Sends a chat with a key. */
  public Http2Frames chat(int stream, String key, String body) throws IOException {
    headers(stream, false, chatFields(key));
    return send(DATA, END_STREAM, stream, body.getBytes(UTF_8));
  }

  /** Opens a window. */
  public Http2Frames window(int stream, int more) throws IOException {
    return send(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(more).array());
  }

  /** Ends a stream by force. */
  public Http2Frames reset(int stream) throws IOException {
    return send(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(8).array());
  }

  /** Compresses fields. */
  public byte[] block(String... fields) throws IOException {
    Http2Headers headers = new DefaultHttp2Headers(false);
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    ByteBuf block = Unpooled.buffer();
    try {
      encoder.encodeHeaders(1, headers, block);
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
    return ByteBufUtil.getBytes(block);
  }

  /** Reads the fields of a HEADERS frame. */
  public List<Map.Entry<String, String>> fields(Frame head) throws IOException {
    List<Map.Entry<String, String>> read = decoded.remove(head);
    return read == null ? decode(head) : read;
  }

  private List<Map.Entry<String, String>> decode(Frame head) throws IOException {
    try {
      List<Map.Entry<String, String>> all = new ArrayList<>();
      for (var each :
          decoder.decodeHeaders(head.stream(), Unpooled.wrappedBuffer(head.payload()))) {
        all.add(Map.entry(each.getKey().toString(), each.getValue().toString()));
      }
      return all;
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  /** Reads the next frame; null where the connection has ended. */
  public @Nullable Frame next() throws IOException {
    byte[] head = new byte[9];
    int first;
    try {
      first = in.read();
    } catch (SocketException e) {
      return null;
    }
    if (first < 0) {
      return null;
    }
    head[0] = (byte) first;
    in.readFully(head, 1, 8);
    ByteBuffer fields = ByteBuffer.wrap(head);
    byte[] payload = new byte[fields.getInt(0) >>> 8];
    in.readFully(payload);
    return new Frame(head[3], head[4], fields.getInt(5), payload);
  }

  /**
   * Reads frames until one of this type comes, on this stream. Heads are decoded in their order;
   * frames of other streams are kept for whoever awaits them.
   */
  public Frame await(int type, int stream) throws IOException {
    for (Frame frame : early) {
      if (frame.stream() == stream && (frame.type() == type || frame.type() == RST_STREAM)) {
        early.remove(frame);
        return checked(frame, type);
      }
    }
    while (true) {
      Frame frame = next();
      if (frame == null) {
        throw new EOFException("the connection ended before type " + type);
      }
      if (frame.stream() == stream && (frame.type() == type || frame.type() == RST_STREAM)) {
        if (!isAnswer(frame)) {
          return checked(frame, type);
        }
      }
      if (frame.type() == GOAWAY) {
        throw new EOFException("GOAWAY " + frame.number(4) + " before type " + type);
      }
      if (frame.stream() != stream && frame.stream() != 0) {
        early.add(frame);
      }
      if (frame.type() == HEADERS) {
        decoded.put(frame, decode(frame));
      }
    }
  }

  private static Frame checked(Frame frame, int type) throws EOFException {
    if (frame.type() != type) {
      throw new EOFException("reset with " + frame.number(0) + " before type " + type);
    }
    return frame;
  }

  private static boolean isAnswer(Frame frame) {
    return frame.type() == SETTINGS && frame.flags() == END_STREAM;
  }

  /** Reads a stream's head and returns the value of a field; an empty text where it has none. */
  public String field(int stream, String name) throws IOException {
    return fields(await(HEADERS, stream)).stream()
        .filter(field -> field.getKey().equals(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  /** Reads a stream's head and returns its status. */
  public int status(int stream) throws IOException {
    return Integer.parseInt(field(stream, ":status"));
  }

  /** Reads a stream's body, of which the head has been read, to its end. */
  public String body(int stream) throws IOException {
    StringBuilder all = new StringBuilder();
    Frame frame;
    do {
      frame = await(DATA, stream);
      all.append(frame.text());
    } while (!frame.ends());
    return all.toString();
  }

  /** Reads to GOAWAY and returns its code. */
  public int goneAway() throws IOException {
    Frame frame;
    do {
      frame = next();
      if (frame == null) {
        throw new EOFException("the connection ended without GOAWAY");
      }
    } while (frame.type() != GOAWAY);
    return frame.number(4);
  }

  /** Reads until the peer closes. */
  public void closed() throws IOException {
    while (next() != null) {
      // all of it
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
