package tayyar.openai;

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
import tayyar.api.Sink.Kind;

/** A text to an event. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ChunksBenchmark {
  private static final byte[] WORD = "river ".getBytes(UTF_8);

  private final Chunks chunks = new Chunks("chatcmpl-1", 1767225600, "sim", true, false, true);
  private final ByteBuf out = Unpooled.directBuffer(1024);

  @Benchmark
  public ByteBuf text() {
    chunks.text(out.clear(), 0, Kind.CONTENT, WORD, 0, WORD.length, null);
    return out;
  }
}
