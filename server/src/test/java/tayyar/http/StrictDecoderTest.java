package tayyar.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tayyar.api.Bounds;
import tayyar.api.Room;
import tayyar.testing.Cases;

/** A repeated head is decoded as it was the first time, and no other head is taken for it. */
class StrictDecoderTest {
  private static final String KEY = "Host: test\r\nAuthorization: Bearer sk-1\r\n";
  private static final List<String> HEADS =
      List.of(
          "POST /v1/chat/completions HTTP/1.1\r\n" + KEY + "Content-Length: %d\r\n\r\n",
          "POST /v1/chat/completions HTTP/1.1\r\n" + KEY + "Content-Length: %d\r\nX: 1\r\n\r\n",
          "POST /v1/chat/completions HTTP/1.1\r\n" + KEY + "Content-Length: 0%d\r\n\r\n",
          "POST /v1/embeddings HTTP/1.1\r\ncontent-length: %d\r\n" + KEY + "\r\n",
          "POST /v1/embeddings HTTP/1.0\r\ncontent-length: %d\r\n" + KEY + "\r\n",
          "POST /v1/embeddings HTTP/1.1\r\nExpect: 100-continue\r\ncontent-length: %d\r\n\r\n",
          "POST /v1/embeddings HTTP/1.1\r\nX: content-length: 3\r\nContent-Length:%d\r\n\r\n",
          "POST /long HTTP/1.1\r\nX: " + "x".repeat(2_000) + "\r\nContent-Length: %d\r\n\r\n");
  private static final List<String> OTHERS =
      List.of(
          "GET /v1/models HTTP/1.1\r\nHost: test\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
  private static final List<String> BROKEN =
      List.of(
          "POST / HTTP/1.1\r\nHost: test\r\n Folded: x\r\n\r\n",
          "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
          "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
          "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
          "\u0001\u0002\r\n\r\n");

  /** Returns the requests decoded from a connection's bytes, one a line. */
  private static String heard(List<byte[]> parts) {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new StrictDecoder(Bounds.DEFAULT, () -> StrictDecoder.Next.READ, Room.ENDLESS));
    var all = new StringBuilder();
    for (byte[] part : parts) {
      channel.writeInbound(Unpooled.wrappedBuffer(part));
      for (Object message = channel.readInbound();
          message != null;
          message = channel.readInbound()) {
        write(all, (HttpObject) message);
        ReferenceCountUtil.release(message);
      }
    }
    channel.finishAndReleaseAll();
    return all.toString();
  }

  private static void write(StringBuilder all, HttpObject message) {
    if (message.decoderResult().isFailure()) {
      all.append("failed\n");
      return;
    }
    if (message instanceof HttpRequest head) {
      all.append(head.method()).append(head.uri()).append(head.protocolVersion());
      head.headers().forEach(field -> all.append(length(field) ? "" : field.toString()));
    }
    if (message instanceof HttpContent content) {
      all.append(content.content().toString(UTF_8));
    }
    all.append(message instanceof LastHttpContent ? "\n" : "");
  }

  /** Whether a field is the length, which the decoder handles itself. */
  private static boolean length(java.util.Map.Entry<String, String> field) {
    return field.getKey().equalsIgnoreCase("Content-Length");
  }

  private static String request(RandomGenerator random) {
    if (random.nextInt(8) == 0) {
      return OTHERS.get(random.nextInt(OTHERS.size()));
    }
    String head = HEADS.get(random.nextInt(random.nextInt(4) == 0 ? HEADS.size() : 2));
    int length = random.nextInt(3) == 0 ? random.nextInt(300) : random.nextInt(12);
    return head.formatted(length) + "b".repeat(length);
  }

  @Test
  void eachRequestIsReadAsOnAConnectionOfItsOwn() {
    Cases.times(
        3_000,
        random -> {
          var bytes = new StringBuilder();
          var expected = new StringBuilder();
          for (int i = 1 + random.nextInt(8); i > 0; i--) {
            String next = request(random);
            bytes.append(next);
            expected.append(heard(List.of(next.getBytes(ISO_8859_1))));
          }
          if (random.nextInt(3) == 0) {
            // The decoder reads nothing after it.
            bytes.append(BROKEN.get(random.nextInt(BROKEN.size())));
            bytes.append(request(random)).append(request(random));
            expected.append("failed\n");
          }
          String heard = heard(cut(bytes.toString().getBytes(ISO_8859_1), random));
          assertThat(heard.replaceFirst("(POST/HTTP/1.1[^\n]*)?(failed\n)+$", "failed\n"))
              .isEqualTo(expected.toString());
        });
  }

  private static List<byte[]> cut(byte[] bytes, RandomGenerator random) {
    List<byte[]> parts = new ArrayList<>();
    int most = random.nextInt(4) == 0 ? 20 : 1_000;
    for (int at = 0; at < bytes.length; ) {
      int to = Math.min(bytes.length, at + 1 + random.nextInt(most));
      parts.add(Arrays.copyOfRange(bytes, at, to));
      at = to;
    }
    return parts;
  }

  @Test
  void nothingIsReadAfterAMalformedRequest() {
    byte[] good = (HEADS.getFirst().formatted(3) + "abc").getBytes(ISO_8859_1);
    for (String broken : BROKEN) {
      byte[] bytes = broken.getBytes(ISO_8859_1);
      for (int cut = 0; cut <= bytes.length; cut++) {
        byte[] first = Arrays.copyOf(bytes, cut);
        byte[] rest = Arrays.copyOfRange(bytes, cut, bytes.length);
        assertThat(heard(List.of(good, first, rest, good, good)))
            .containsOnlyOnce("abc\n")
            .endsWith("failed\n");
      }
    }
  }

  @Test
  void aHeadThatCameBeforeIsNotDecodedAgain() {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new StrictDecoder(Bounds.DEFAULT, () -> StrictDecoder.Next.READ, Room.ENDLESS));
    List<Object> heads = new ArrayList<>();
    for (int length : new int[] {3, 4, 50}) {
      String request = HEADS.getFirst().formatted(length) + "b".repeat(length);
      channel.writeInbound(Unpooled.copiedBuffer(request, UTF_8));
      Object head = channel.readInbound();
      heads.add(((HttpRequest) head).headers());
      while (head != null) {
        ReferenceCountUtil.release(head);
        head = channel.readInbound();
      }
    }
    assertThat(heads.get(1)).isNotSameAs(heads.get(0)).isSameAs(heads.get(2));
    channel.finishAndReleaseAll();
  }
}
