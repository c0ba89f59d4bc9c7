package tayyar.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The head of an answer. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ResponseHeadBenchmark {
  private static final byte[] TYPE = ResponseHead.lines("Content-Type: application/json");

  private final ByteBuf out = Unpooled.directBuffer(1024);

  @Benchmark
  public ByteBuf whole() {
    return new ResponseHead(
            out.clear(), 200, "req_0123456789abcdefghjkmnpq", ResponseHead.FOR_PAGES)
        .header("X-RateLimit-Limit-Requests", "600")
        .header("X-RateLimit-Remaining-Requests", "599")
        .fields(TYPE)
        .header("Content-Length", "412")
        .end();
  }
}
