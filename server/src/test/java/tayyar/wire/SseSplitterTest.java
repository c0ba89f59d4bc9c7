package tayyar.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SseSplitterTest {
  private static final String EVERYTHING =
      "\uFEFFdata: one\n\n"
          + ": a comment\n\n"
          + "data:two\r\n\r\n"
          + "event: x\nid: 7\ndata: three\rretry: 5\r\r"
          + "data: first\ndata: second\n\n"
          + "data\n\n"
          + "data: السلام عليكم 👋\n\n"
          + "data:  two spaces\n\n"
          + "dataset: no\n\n"
          + "data: a\r\ndata: b\r\ndata\r\n\r\n"
          + "data: [DONE]\n\n";

  private static final List<String> ITS_EVENTS =
      List.of(
          "one",
          "two",
          "three",
          "first\nsecond",
          "",
          "السلام عليكم 👋",
          " two spaces",
          "a\nb\n",
          "[DONE]");

  private static List<String> split(byte[] bytes, int... cuts) {
    var splitter = new SseSplitter(1024);
    var events = new ArrayList<String>();
    int from = 0;
    for (int i = 0; i <= cuts.length; i++) {
      int to = i < cuts.length ? cuts[i] : bytes.length;
      splitter.feed(
          Unpooled.wrappedBuffer(bytes, from, to - from),
          (b, f, t) -> events.add(new String(b, f, t - f, UTF_8)));
      from = to;
    }
    return events;
  }

  @Test
  void aResetOneKnowsNothingOfWhatItHad() {
    byte[] bytes = EVERYTHING.getBytes(UTF_8);
    var splitter = new SseSplitter(32 * 1024);
    var large = Unpooled.copiedBuffer("data: " + "x".repeat(20_000), UTF_8);
    splitter.feed(large, (b, f, t) -> true);
    for (int cut = 0; cut <= bytes.length; cut++) {
      splitter.reset();
      var events = new ArrayList<String>();
      SseSplitter.Events all = (b, f, t) -> events.add(new String(b, f, t - f, UTF_8));
      splitter.feed(Unpooled.wrappedBuffer(bytes), all);
      assertThat(events).isEqualTo(ITS_EVENTS);
      boolean more = cut % 2 == 0;
      splitter.feed(Unpooled.wrappedBuffer(bytes, 0, cut), (b, f, t) -> more);
    }
  }

  @Test
  void everyFormOfAnEventIsUnderstood() {
    assertThat(split(EVERYTHING.getBytes(UTF_8))).isEqualTo(ITS_EVENTS);
  }

  @Test
  void oneByteAtATimeGivesTheSameEvents() {
    byte[] bytes = EVERYTHING.getBytes(UTF_8);
    int[] cuts = IntStream.range(1, bytes.length).toArray();
    assertThat(split(bytes, cuts)).isEqualTo(ITS_EVENTS);
  }

  @Test
  void everyCutInTwoGivesTheSameEvents() {
    byte[] bytes = EVERYTHING.getBytes(UTF_8);
    for (int cut = 0; cut <= bytes.length; cut++) {
      assertThat(split(bytes, cut)).as("cut at %d", cut).isEqualTo(ITS_EVENTS);
    }
  }

  @Test
  void randomCutsGiveTheSameEvents() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    byte[] bytes = EVERYTHING.getBytes(UTF_8);
    for (int round = 0; round < 2_000; round++) {
      int[] cuts = random.ints(random.nextInt(12), 0, bytes.length + 1).sorted().toArray();
      assertThat(split(bytes, cuts))
          .as("seed %d, cuts %s", seed, Arrays.toString(cuts))
          .isEqualTo(ITS_EVENTS);
    }
  }

  @Test
  void anEventHasItsNameAndNoOther() {
    String said =
        """
        data: a

        event: error
        data: b

        data: c

        data: d
        event:ping

        event: error

        data: e

        event: ping
        event: x
        data: f

        event: keep-alive
        data

        event
        data: g

        event: errors
        data: h

        events: error
        data: i

        event: heartbeat
        data: j

        """;
    for (String end : List.of("\n", "\r\n", "\r")) {
      namesAreTheirOwn(said.replace("\n", end).getBytes(UTF_8));
    }
  }

  private static void namesAreTheirOwn(byte[] bytes) {
    for (int cut = 0; cut <= bytes.length; cut++) {
      var splitter = new SseSplitter(1024);
      var events = new ArrayList<String>();
      SseSplitter.Events named =
          (b, f, t) -> events.add(splitter.name() + " " + new String(b, f, t - f, UTF_8));
      splitter.feed(Unpooled.wrappedBuffer(bytes, 0, cut), named);
      splitter.feed(Unpooled.wrappedBuffer(bytes, cut, bytes.length - cut), named);
      assertThat(events)
          .as("cut at %d", cut)
          .containsExactly(
              "USUAL a", "ERROR b", "USUAL c", "PING d", "USUAL e", "USUAL f", "PING ", "USUAL g",
              "USUAL h", "USUAL i", "PING j");
    }
  }

  @Test
  void aResetOneForgetsTheName() {
    var splitter = new SseSplitter(1024);
    splitter.feed(Unpooled.copiedBuffer("event: error\n", UTF_8), (b, f, t) -> true);
    splitter.reset();
    assertThat(splitter.name()).isEqualTo(SseSplitter.Name.USUAL);
  }

  @Test
  void anEventThatHasNotEndedIsNotGiven() {
    assertThat(split("data: a\n\ndata: b\n".getBytes(UTF_8))).containsExactly("a");
  }

  @Test
  void noEventFollowsOnceStopped() {
    var events = new ArrayList<String>();
    var splitter = new SseSplitter(1024);
    SseSplitter.Events one =
        (b, f, t) -> {
          events.add(new String(b, f, t - f, UTF_8));
          return false;
        };
    splitter.feed(Unpooled.copiedBuffer("data: a\n\ndata: b\n\n", UTF_8), one);
    splitter.feed(Unpooled.copiedBuffer("data: c\n\n", UTF_8), one);
    assertThat(events).containsExactly("a");
  }

  @Test
  void anEndlessEventIsRefusedWithinTheBound() {
    var splitter = new SseSplitter(1024);
    byte[] part = "x".repeat(100).getBytes(UTF_8);
    splitter.feed(Unpooled.copiedBuffer("data: ", UTF_8), (b, f, t) -> true);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 20; i++) {
                splitter.feed(Unpooled.wrappedBuffer(part), (b, f, t) -> true);
              }
            })
        .isInstanceOf(SseSplitter.EventTooLarge.class);
  }

  @Test
  void manyLinesOfDataAreBoundedTogether() {
    var splitter = new SseSplitter(1024);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) {
                splitter.feed(
                    Unpooled.copiedBuffer("data: " + "x".repeat(50) + "\n", UTF_8),
                    (b, f, t) -> true);
              }
            })
        .isInstanceOf(SseSplitter.EventTooLarge.class);
  }
}
