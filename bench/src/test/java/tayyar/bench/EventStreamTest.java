package tayyar.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EventStreamTest {
  private static final int LARGE = 1 << 20;

  /** All that the standard has, in one body; the last event is not ended. */
  private static final String BODY =
      """
      \uFEFFdata: {"a":1}

      : a comment
      id: 7
      event: message
      data:no space
      retry: 10

      : alone

      data: first
      id: 8
      data:  second
      data

      datax: another field
      dat

      data

      data:

      data: تيار 🌊

      data: [DONE]

      data: without an end
      """;

  private static final List<String> EVENTS =
      List.of("{\"a\":1}", "no space", "first\n second\n", "", "", "تيار 🌊", "[DONE]");

  private static List<String> read(byte[] body, int... cuts) {
    EventStream stream = new EventStream(LARGE);
    List<String> events = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= cuts.length; i++) {
      int to = i == cuts.length ? body.length : cuts[i];
      var in = Unpooled.wrappedBuffer(body, from, to - from);
      assertThat(
              stream.feed(
                  in, (bytes, at, end) -> events.add(new String(bytes, at, end - at, UTF_8))))
          .isTrue();
      assertThat(in.isReadable()).isFalse();
      from = to;
    }
    return events;
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void readsEachFormOfLineHoweverItIsCut(String lineEnd) {
    byte[] body = BODY.replace("\n", lineEnd).getBytes(UTF_8);
    assertThat(read(body)).isEqualTo(EVENTS);
    int[] everywhere = new int[body.length];
    for (int cut = 0; cut < body.length; cut++) {
      everywhere[cut] = cut;
      assertThat(read(body, cut)).as("cut at %d", cut).isEqualTo(EVENTS);
      assertThat(read(body, cut, Math.min(body.length, cut + 2)))
          .as("two bytes from %d", cut)
          .isEqualTo(EVENTS);
    }
    assertThat(read(body, everywhere)).isEqualTo(EVENTS);
  }

  @Test
  void aMarkIsReadOverAtTheBeginningAlone() {
    assertThat(read("\uFEFFdata: a\n\n\uFEFFdata: b\n\ndata: c\n\n".getBytes(UTF_8)))
        .containsExactly("a", "c");
    assertThat(read("\n\uFEFFdata: a\n\ndata: b\n\n".getBytes(UTF_8))).containsExactly("b");
  }

  @Test
  void formsOfLinesMayBeMixed() {
    byte[] body = "data: a\r\n\ndata: b\n\r\ndata: c\r\rdata: d\n\ndata: e\r\n\r\n".getBytes(UTF_8);

    for (int cut = 0; cut < body.length; cut++) {
      assertThat(read(body, cut)).as("cut at %d", cut).containsExactly("a", "b", "c", "d", "e");
    }
  }

  @Test
  void anEventMayBeAsLargeAsAllowedAndNoLarger() {
    String most = "data: " + "x".repeat(94);
    for (int cut : new int[] {1, 50, 99}) {
      EventStream stream = new EventStream(100);
      List<Integer> sizes = new ArrayList<>();
      EventStream.Taker taker = (_, from, to) -> sizes.add(to - from);
      assertThat(stream.feed(Unpooled.copiedBuffer(most.substring(0, cut), UTF_8), taker)).isTrue();
      assertThat(stream.feed(Unpooled.copiedBuffer(most.substring(cut), UTF_8), taker)).isTrue();
      assertThat(stream.feed(Unpooled.copiedBuffer("\n\n", UTF_8), taker)).isTrue();
      assertThat(stream.feed(Unpooled.copiedBuffer(most + "y", UTF_8), taker)).isFalse();
      assertThat(sizes).containsExactly(94);
    }
  }

  @Test
  void manySmallEventsOfOneReadAreNotOneLargeEvent() {
    EventStream stream = new EventStream(100);
    List<Integer> sizes = new ArrayList<>();
    String body = "data: small\n\n".repeat(1_000);

    assertThat(
            stream.feed(Unpooled.copiedBuffer(body, UTF_8), (_, from, to) -> sizes.add(to - from)))
        .isTrue();
    assertThat(sizes).hasSize(1_000).containsOnly(5);
  }
}
