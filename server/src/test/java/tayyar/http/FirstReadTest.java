package tayyar.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

final class FirstReadTest {
  private static String padded(String events, int left) {
    ByteBuf in = Unpooled.buffer().writeZero(10).readerIndex(10);
    in.writeBytes(events.getBytes(US_ASCII));
    ByteBuf out = FirstRead.padded(in, left, Unpooled::buffer);
    try {
      return out.toString(US_ASCII);
    } finally {
      out.release();
    }
  }

  @Test
  void shortAnswersAreLeftAlone() {
    assertThat(padded("data: a\n\n", 9)).isEqualTo("data: a\n\n");
    assertThat(padded("data: a\n\n", 4000)).isEqualTo("data: a\n\n");
  }

  @Test
  void anEventThatFillsItNeedsNothing() {
    assertThat(padded("data: a\n\ndata: b\n\n", 9)).isEqualTo("data: a\n\ndata: b\n\n");
  }

  @Test
  void commentStandsBeforeTheEventThatWouldBeCut() {
    assertThat(padded("data: a\n\ndata: b\n\n", 14)).isEqualTo("data: a\n\n:  \n\ndata: b\n\n");
    assertThat(padded("data: a\n\ndata: b\n\n", 8)).isEqualTo(":     \n\ndata: a\n\ndata: b\n\n");
  }

  /** The second line end may lie beyond the bound: it is no part of an event. */
  @Test
  void shortPaddingIsAnEmptyEvent() {
    assertThat(padded("data: a\n\ndata: b\n\n", 11)).isEqualTo("data: a\n\n\n\ndata: b\n\n");
    assertThat(padded("data: a\n\ndata: b\n\n", 10)).isEqualTo("data: a\n\n\n\ndata: b\n\n");
  }

  @Test
  void aLargeEventComesWholeBehindIt() {
    String large = "data: " + "x".repeat(12_000) + "\n\n";

    assertThat(padded(large, 3000)).isEqualTo(":" + " ".repeat(2997) + "\n\n" + large);
  }
}
