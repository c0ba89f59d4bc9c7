package tayyar.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Bytes to events, as reads bring them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SplitBenchmark {
  private static final String EVENT =
      "data: {\"id\":\"chatcmpl-sim1\",\"object\":\"chat.completion.chunk\",\"created\":1767225600,"
          + "\"model\":\"sim\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"river \"},"
          + "\"finish_reason\":null}]}\n\n";

  private final SseSplitter splitter = new SseSplitter(1 << 20);
  private final ByteBuf one = Unpooled.directBuffer().writeBytes(EVENT.getBytes(UTF_8));
  private final ByteBuf many = Unpooled.directBuffer().writeBytes(EVENT.repeat(32).getBytes(UTF_8));
  private int bytes;

  /** One event a read: a paced stream. */
  @Benchmark
  public int oneEvent() {
    splitter.feed(one.readerIndex(0), this::event);
    return bytes;
  }

  /** 32 events a read: a flood. */
  @Benchmark
  public int thirtyTwoEvents() {
    splitter.feed(many.readerIndex(0), this::event);
    return bytes;
  }

  private boolean event(byte[] data, int from, int to) {
    bytes += to - from;
    return true;
  }
}
