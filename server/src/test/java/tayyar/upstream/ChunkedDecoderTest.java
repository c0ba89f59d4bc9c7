package tayyar.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChunkedDecoderTest {
  private static final String HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  private static final String CODING = "transfer-encoding: chunked\r\n";
  private static final String STREAM =
      "HTTP/1.1 200 OK\r\nDate: today\r\nContent-Type: text/event-stream\r\n" + CODING + "\r\n";

  /** What a decoder made of some bytes, in its order. */
  private static final class Heard {
    final StringBuilder all = new StringBuilder();
    int direct;

    void data(ByteBuf in, int count) {
      direct += count;
      all.append(in.readCharSequence(count, UTF_8));
    }

    void message(Object message) {
      if (message instanceof HttpResponse head) {
        all.append('<').append(head.status().code());
        all.append(HttpUtil.isKeepAlive(head) ? "" : " close").append('>');
      }
      if (message instanceof HttpContent content) {
        all.append(content.content().toString(UTF_8));
        content.release();
      }
      if (((HttpObject) message).decoderResult().isFailure()) {
        all.append("<failed>");
      } else if (message instanceof LastHttpContent) {
        all.append("<end>");
      }
    }
  }

  private static Heard ours(List<byte[]> parts) {
    Heard heard = new Heard();
    return heard(heard, new ChunkedDecoder(new HttpDecoderConfig(), heard::data), parts);
  }

  private static Heard netty(List<byte[]> parts) {
    return heard(new Heard(), new HttpResponseDecoder(), parts);
  }

  private static Heard heard(Heard heard, HttpResponseDecoder decoder, List<byte[]> parts) {
    EmbeddedChannel channel = new EmbeddedChannel(decoder);
    channel
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (message instanceof ByteBuf bytes) {
                  heard.all.append("<bytes>");
                  bytes.release();
                } else {
                  heard.message(message);
                }
              }
            });
    parts.forEach(part -> channel.writeInbound(Unpooled.copiedBuffer(part)));
    channel.finishAndReleaseAll();
    return heard;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        HEAD + "5\r\nhello\r\n0\r\n\r\n",
        HEAD + "5\r\nhello\r\n6\r\n world\r\n000a\r\n0123456789\r\n0\r\n\r\n",
        HEAD + "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: 1\r\n\r\n",
        HEAD + "5 \r\nhello\r\n0;last\r\n\r\n",
        HEAD + "5\nhello\r\n0\r\n\r\n",
        HEAD + "5\r\nhello\r\n0\r\n\r\n" + HEAD + "2\r\nhi\r\n0\r\n\r\n",
        HEAD + "1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n",
        HEAD + "x\r\nhello\r\n0\r\n\r\n",
        HEAD + "-5\r\nhello\r\n0\r\n\r\n",
        HEAD + "FFFFFFFF\r\nhello\r\n0\r\n\r\n",
        HEAD + "7\r\ncut off",
        HEAD + "7",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" + HEAD + "5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\nTransfer-Encoding: chunked\r\n\r\n"
            + HEAD
            + "1\r\na\r\n0\r\n\r\n",
        "HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n" + HEAD + "1\r\na\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nuntil its end",
        STREAM + "5\r\nhello\r\n0\r\n\r\n",
        STREAM + "0\r\n\r\n",
        STREAM + "5\r\nhello\r\n0\r\n\r\n" + STREAM + "2\r\nhi\r\n0\r\n\r\n" + HEAD + "0\r\n\r\n",
        STREAM + "5\r\nhello\r\n5;x=y\r\nhello\r\n0\r\n\r\n" + STREAM + "0\r\n\r\n",
        STREAM + "5\r\nhello\r\n0\r\nTrailer: 1\r\n\r\n" + STREAM + "0\r\n\r\n",
        STREAM + "00000005\r\nhello\r\n2\r\nhi\r\n000\r\n\r\n" + STREAM + "0\r\n\r\n",
        STREAM + "x\r\nhello\r\n0\r\n\r\n",
        STREAM + "5\r\nhello\r\n",
        STREAM + "5\r\nhel",
        STREAM,
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + STREAM + "1\r\na\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" + STREAM + "1\r\na\r\n0\r\n\r\n",
        "nonsense\r\n\r\n" + STREAM + "1\r\na\r\n0\r\n\r\n"
      })
  void hearsWhatNettysDecoderHearsHoweverTheBytesAreCut(String sent) {
    byte[] bytes = sent.getBytes(UTF_8);
    String expected = netty(List.of(bytes)).all.toString();
    for (int cut = 0; cut <= bytes.length; cut++) {
      assertThat(ours(cut(bytes, cut)).all.toString()).as("cut at %d", cut).isEqualTo(expected);
    }
    List<byte[]> single =
        IntStream.range(0, bytes.length).mapToObj(i -> new byte[] {bytes[i]}).toList();
    assertThat(ours(single).all.toString()).isEqualTo(expected);
  }

  private static boolean isAtRest(String bytes) {
    ChunkedDecoder decoder =
        new ChunkedDecoder(new HttpDecoderConfig(), (in, count) -> in.skipBytes(count));
    EmbeddedChannel channel = new EmbeddedChannel(decoder);
    for (byte one : bytes.getBytes(UTF_8)) {
      channel.writeInbound(Unpooled.copiedBuffer(new byte[] {one}));
    }
    boolean is = decoder.isAtRest();
    channel.finishAndReleaseAll();
    return is;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        STREAM + "5\r\nhello\r\n0\r\n\r\n",
        STREAM + "5;a=b\r\nhello\r\n0\r\nTrailer: 1\r\n\r\n",
        HEAD + "5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 204 No\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n",
        "HTTP/1.1 100 x\r\n\r\n" + STREAM + "0\r\n\r\n"
      })
  void itIsAtRestBehindAWholeAnswer(String bytes) {
    assertThat(isAtRest(bytes)).isTrue();
    for (String more :
        List.of("\r\n", "\n", " ", "\0", "H", "HTTP/1.1 200 OK\r\n", STREAM, "x\r\n\r\n")) {
      assertThat(isAtRest(bytes + more)).as(more).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        STREAM,
        STREAM + "5\r\nhello\r\n",
        STREAM + "5\r\nhello\r\n0\r\n",
        STREAM + "0\r\nTrailer: 1\r\n",
        STREAM + "0\r\nNo colon\r\n\r\n",
        STREAM + "0\r\nTrailer : 1\r\n\r\n",
        STREAM + "5\r\nhelloXX0\r\n\r\n",
        STREAM + "x\r\nhello\r\n0\r\n\r\n",
        HEAD + "5\r\nhello\r\n0\r\n\r",
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nuntil its end",
        "HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\nno",
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n"
      })
  void itIsNotWhereAnythingIsOpen(String bytes) {
    assertThat(isAtRest(bytes)).isFalse();
  }

  /** What ends an answer and what is behind come in one read. */
  @Test
  void bytesBehindTheEndAreThereWhenItIsTold() {
    for (String answer :
        List.of(
            STREAM + "0\r\n\r\n",
            HEAD + "0\r\nTrailer: 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")) {
      for (String more : List.of("", "\r\n", STREAM)) {
        assertThat(isAtRestWhenTold(answer + more)).as(answer + more).isEqualTo(more.isEmpty());
      }
    }
  }

  private static boolean isAtRestWhenTold(String bytes) {
    ChunkedDecoder decoder =
        new ChunkedDecoder(new HttpDecoderConfig(), (in, count) -> in.skipBytes(count));
    AtomicBoolean rest = new AtomicBoolean();
    EmbeddedChannel channel = new EmbeddedChannel(decoder);
    channel
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (message instanceof LastHttpContent) {
                  rest.set(decoder.isAtRest());
                }
                ReferenceCountUtil.release(message);
              }
            });
    channel.writeInbound(Unpooled.copiedBuffer(bytes, UTF_8));
    channel.finishAndReleaseAll();
    return rest.get();
  }

  /** Fields that say more than an everyday head does, or say it otherwise. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection: keep-alive",
        "Connection: close",
        "Connection: x, close",
        "CONNECTION:close",
        "Content-Length: 3",
        "Content-Length : 3",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: gzip, chunked",
        "Content-Type: application/json",
        "Content-Encoding: gzip",
        "content-encoding:",
        "Folded: a\r\n b",
        " Folded: a",
        "No colon",
        ": no name",
        "Control: a\u0001b",
        "Retry-After: 5",
        "X:y",
        "Trailer: X"
      })
  void aHeadSaysToUsWhatItSaysToNetty(String field) {
    List<String> heads =
        List.of(
            "HTTP/1.1 200 OK\r\n" + field + "\r\n" + STREAM.substring(STREAM.indexOf("Date")),
            STREAM.substring(0, STREAM.length() - 2) + field + "\r\n\r\n");
    for (String head : heads) {
      byte[] bytes = (head + "3\r\nabc\r\n0\r\n\r\n").getBytes(UTF_8);
      assertThat(ours(List.of(bytes)).all.toString())
          .isEqualTo(netty(List.of(bytes)).all.toString());
    }
  }

  @Test
  void aHeadOfAnyLengthIsRead() {
    for (int length = 0; length < 5_000; length += 61) {
      String field = "X-Long: " + "x".repeat(length) + "\r\n";
      byte[] bytes =
          STREAM
              .replace("\r\nDate", "\r\n" + field + "Date")
              .concat("3\r\nabc\r\n0\r\n\r\n")
              .getBytes(UTF_8);
      assertThat(ours(List.of(bytes)).all.toString()).isEqualTo("<200>abc<end>");
    }
  }

  private static List<byte[]> cut(byte[] bytes, int at) {
    return List.of(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at, bytes.length));
  }

  @Test
  void chunksOfAnyLengthPassWithoutAnObject() {
    Random random = new Random(7);
    StringBuilder text = new StringBuilder();
    StringBuilder sent = new StringBuilder(HEAD);
    for (int i = 0; i < 300; i++) {
      String piece = "x".repeat(1 + random.nextInt(5_000));
      text.append(piece);
      sent.append(Integer.toHexString(piece.length())).append("\r\n").append(piece).append("\r\n");
    }
    Heard heard = ours(List.of(sent.append("0\r\n\r\n").toString().getBytes(UTF_8)));

    assertThat(heard.all.toString()).isEqualTo("<200>" + text + "<end>");
    assertThat(heard.direct).isEqualTo(text.length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"5\r\nhelloXX0\r\n\r\n", "5\r\nhello\rX0\r\n\r\n", "5\r\nhello!\r\n0\r\n\r\n"})
  void aChunkThatIsLongerThanItsSizeIsMalformed(String chunks) {
    byte[] bytes = (HEAD + chunks).getBytes(UTF_8);
    for (int cut = 0; cut <= bytes.length; cut++) {
      assertThat(ours(cut(bytes, cut)).all.toString()).startsWith("<200>hello<failed>");
    }
  }

  @Test
  void aSizeOfManyDigitsIsLeftToNetty() {
    byte[] bytes = (HEAD + "00000005\r\nhello\r\n0\r\n\r\n").getBytes(UTF_8);
    Heard heard = ours(List.of(bytes));

    assertThat(heard.all.toString()).isEqualTo("<200>hello<end>");
    assertThat(heard.direct).isZero();
  }

  /** A reader that can take no more switches reading off, and off it stays. */
  @Test
  void nothingIsReadWhileReadingIsOff() {
    AtomicInteger reads = new AtomicInteger();
    EmbeddedChannel channel = new EmbeddedChannel();
    channel
        .pipeline()
        .addLast(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void read(ChannelHandlerContext ctx) {
                reads.incrementAndGet();
              }
            })
        .addLast(
            new ChunkedDecoder(
                new HttpDecoderConfig(), (in, count) -> channel.config().setAutoRead(false)));
    channel.writeInbound(Unpooled.copiedBuffer(HEAD, UTF_8));
    reads.set(0);

    channel.writeInbound(Unpooled.copiedBuffer("5\r\nhello\r\n5\r\nhello\r\n", UTF_8));
    channel.writeInbound(Unpooled.copiedBuffer("5\r\nhe", UTF_8));
    channel.writeInbound(Unpooled.copiedBuffer("llo\r\n5\r\nhello\r\n0", UTF_8));

    assertThat(channel.config().isAutoRead()).isFalse();
    assertThat(reads).hasValue(0);
    channel.finishAndReleaseAll();
  }

  /** All behind a change of protocols is bytes of another one. */
  @ParameterizedTest
  @ValueSource(strings = {"5;x=y\r\nhello\r\n0\r\n\r\n", "0\r\nA: b\r\n\r\n", "x"})
  void noStreamIsReadAfterAChangeOfProtocols(String chunks) {
    String upgrade = "HTTP/1.1 101 x\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n";
    assertThat(ours(List.of((upgrade + STREAM + chunks).getBytes(UTF_8))).all.toString())
        .isEqualTo("<101><end><bytes>");
  }
}
