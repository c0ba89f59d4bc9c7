package tayyar.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AsciiTest {
  @ParameterizedTest
  @ValueSource(longs = {0, 7, 9, 10, 99, 100, 1_764_128_000, Long.MAX_VALUE, -1, Long.MIN_VALUE})
  void numberIsItsDigits(long number) {
    ByteBuf out = Unpooled.buffer(4);
    out.writeByte('<');
    Ascii.write(out, number);
    out.writeByte('>');

    assertThat(out.toString(US_ASCII)).isEqualTo("<" + number + ">");
  }
}
