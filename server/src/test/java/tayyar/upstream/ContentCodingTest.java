package tayyar.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.testing.Packing;

final class ContentCodingTest {
  private static final String TEXT = "data: {\"choices\":[]}\n\n".repeat(300) + "data: [DONE]\n\n";

  /** The decompressed bytes, up to a bound. */
  private static final class Out implements ContentCoding.Plain {
    private final StringBuilder text = new StringBuilder();
    private long most = Long.MAX_VALUE;
    private @Nullable ContentCoding closing;

    @Override
    public boolean part(ByteBuf in, int count) {
      text.append(in.readCharSequence(count, ISO_8859_1));
      if (closing != null) {
        closing.close();
      }
      return text.length() < most;
    }
  }

  private static ContentCoding of(String field, Out out) {
    return Objects.requireNonNull(ContentCoding.of(field, out));
  }

  private static @Nullable String feed(ContentCoding coding, byte[] bytes) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    return coding.feed(in, bytes.length);
  }

  @ParameterizedTest
  @CsvSource({"gzip, GZIP", "X-Gzip, GZIP", "' gzip ', GZIP", "deflate, ZLIB", "Deflate, RAW"})
  void compressedTextIsReadHoweverItIsCut(String field, Packing packing) {
    byte[] packed = packing.of(TEXT);
    for (int cut = 0; cut <= packed.length; cut++) {
      Out out = new Out();
      ContentCoding coding = of(field, out);
      assertThat(feed(coding, Arrays.copyOf(packed, cut))).isNull();
      assertThat(feed(coding, Arrays.copyOfRange(packed, cut, packed.length))).isNull();
      coding.close();
      assertThat(out.text.toString()).isEqualTo(TEXT);
    }
  }

  /** A server compresses and flushes each event by itself. */
  @Test
  void flushedTextComesOutAtOnce() {
    byte[][] parts = Packing.flushed("data: 1\n\n", "data: 2\n\n", "data: 3\n\n");
    Out out = new Out();
    ContentCoding coding = of("gzip", out);
    for (int i = 0; i < parts.length; i++) {
      assertThat(feed(coding, parts[i])).isNull();
      assertThat(out.text.toString()).endsWith("data: " + (i + 1) + "\n\n");
    }
    coding.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"br", "zstd", "compress", "gzip, gzip", "gzip, identity", "x", ",", "*"})
  void otherCodingsAreNotKnown(String field) {
    assertThat(ContentCoding.isNone(field)).isFalse();
    assertThat(ContentCoding.of(field, new Out())).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "identity", " Identity "})
  void noneIsNone(String field) {
    assertThat(ContentCoding.isNone(field)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"gzip, ZLIB", "deflate, GZIP"})
  void bytesInAnotherFormAreAnError(String field, Packing packing) {
    ContentCoding coding = of(field, new Out());

    assertThat(feed(coding, packing.of(TEXT))).contains("broken");
    coding.close();
  }

  @Test
  void aBombIsNotUndoneToItsEnd() {
    byte[] bomb = Packing.GZIP.of("\n".repeat(200_000_000));
    Out out = new Out();
    ContentCoding coding = of("gzip", out);

    assertThat(feed(coding, bomb)).contains("too large");
    assertThat(out.text.length()).isLessThan(10_000_000);
    coding.close();
  }

  @Test
  void aReceiverThatHasEnoughGetsNoMore() {
    byte[] bomb = Packing.GZIP.of("\n".repeat(5_000_000));
    Out out = new Out();
    out.most = 1;
    ContentCoding coding = of("gzip", out);

    assertThat(feed(coding, bomb)).isNull();
    int given = out.text.length();
    assertThat(given).isPositive().isLessThan(1_000_000);
    assertThat(feed(coding, bomb)).isNull();
    assertThat(out.text).hasSize(given);
    coding.close();
  }

  @Test
  void itMayBeClosedWhileItGives() {
    Out out = new Out();
    ContentCoding coding = of("gzip", out);
    out.closing = coding;

    assertThat(feed(coding, Packing.GZIP.of("\n".repeat(5_000_000)))).isNull();
    assertThat(out.text.length()).isPositive().isLessThan(1_000_000);
    coding.close();
  }
}
