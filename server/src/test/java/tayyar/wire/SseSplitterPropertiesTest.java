package tayyar.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tayyar.testing.Cases;

/** However the bytes are cut, the same events come out: those that the standard's words give. */
class SseSplitterPropertiesTest {

  @Test
  void anySplitOfTheBytesGivesTheEventsOfTheStandard() {
    Cases.times(
        3_000,
        random -> {
          String stream = stream(random);
          byte[] bytes = stream.getBytes(UTF_8);

          assertThat(split(bytes, random)).as(stream).isEqualTo(byTheStandard(stream));
        });
  }

  @Test
  void oneByteAtATimeGivesTheSameAsAllAtOnce() {
    Cases.times(
        500,
        random -> {
          byte[] bytes = stream(random).getBytes(UTF_8);
          List<String> single = new ArrayList<>();
          SseSplitter splitter = new SseSplitter(1 << 20);
          for (byte b : bytes) {
            splitter.feed(Unpooled.wrappedBuffer(new byte[] {b}), into(single));
          }
          List<String> whole = new ArrayList<>();
          new SseSplitter(1 << 20).feed(Unpooled.wrappedBuffer(bytes), into(whole));

          assertThat(single).isEqualTo(whole);
        });
  }

  private static List<String> split(byte[] bytes, RandomGenerator random) {
    List<String> events = new ArrayList<>();
    SseSplitter splitter = new SseSplitter(1 << 20);
    for (int at = 0; at < bytes.length; ) {
      int count = 1 + random.nextInt(Cases.one(random, 1, 3, 40, bytes.length));
      int to = Math.min(bytes.length, at + count);
      splitter.feed(Unpooled.wrappedBuffer(bytes, at, to - at), into(events));
      at = to;
    }
    return events;
  }

  private static SseSplitter.Events into(List<String> events) {
    return (bytes, from, to) -> events.add(new String(bytes, from, to - from, UTF_8));
  }

  private static String stream(RandomGenerator random) {
    StringBuilder stream = new StringBuilder(random.nextInt(4) == 0 ? "\uFEFF" : "");
    int lines = random.nextInt(30);
    boolean crBefore = false;
    for (int i = 0; i < lines; i++) {
      String end = Cases.one(random, "\n", "\n", "\r\n", "\r");
      String line = line(random);
      // A CR and the LF of a next, empty line would be one line's end.
      if (crBefore && line.isEmpty() && end.equals("\n")) {
        end = "\r";
      }
      stream.append(line).append(end);
      crBefore = end.equals("\r");
    }
    return stream.append(random.nextBoolean() ? "data: never ended" : "").toString();
  }

  private static String line(RandomGenerator random) {
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> "";
      case 3, 4, 5 -> "data: " + text(random);
      case 6 -> "data:" + text(random);
      case 7 ->
          Cases.one(random, "data", "data:", "data: ", "data:  two", "datax: no", " data: no");
      case 8 -> ":" + text(random);
      default ->
          Cases.one(random, "id: 7", "event: ping", "retry: 100", "nothing", "dat", "\uFEFF");
    };
  }

  private static String text(RandomGenerator random) {
    return Cases.one(
        random, "{\"a\":1}", "النهر يجري", "[DONE]", "a:b", "🙂", "", "x".repeat(3000));
  }

  /** Not of the standard: what no JSON can have behind an object's end begins another event. */
  private static void anotherObject(StringBuilder data, List<String> events) {
    if (data.toString().endsWith("}\n") && data.indexOf("\n") == data.length() - 1) {
      events.add(data.substring(0, data.length() - 1));
      data.setLength(0);
    }
  }

  /** The standard's algorithm, word for word, for a whole stream. */
  private static List<String> byTheStandard(String stream) {
    String text = stream.startsWith("\uFEFF") ? stream.substring(1) : stream;
    List<String> events = new ArrayList<>();
    StringBuilder data = new StringBuilder();
    String[] lines = text.split("\r\n|\n|\r", -1);
    for (String line : List.of(lines).subList(0, lines.length - 1)) {
      if (line.isEmpty()) {
        if (!data.isEmpty()) {
          events.add(data.substring(0, data.length() - 1));
        }
        data.setLength(0);
        continue;
      }
      int colon = line.indexOf(':');
      String field = colon < 0 ? line : line.substring(0, colon);
      String value = colon < 0 ? "" : line.substring(colon + 1);
      if (field.equals("data")) {
        String its = value.startsWith(" ") ? value.substring(1) : value;
        if (its.startsWith("{") || its.startsWith("[")) {
          anotherObject(data, events);
        }
        data.append(its).append('\n');
      }
    }
    return events;
  }
}
