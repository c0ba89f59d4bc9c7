package tayyar.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tayyar.api.InferenceRequest;
import tayyar.api.Sampling;
import tayyar.api.Target;
import tayyar.api.Room;
import tayyar.api.Trace;
import tayyar.dialect.BodyWriter.Form;
import tayyar.openai.OpenAiTargets;

/** A request to a target. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RequestBenchmark {
  private static final String BODY =
      "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi.\"}]}";

  private final InferenceRequest request =
      new InferenceRequest(
          "m",
          List.of(),
          true,
          false,
          Sampling.NONE,
          List.of(),
          Set.of(),
          BODY.getBytes(UTF_8),
          new InferenceRequest.Spans(1, 9, 12, 22, 26, -1, -1));

  private final RequestBytes requests =
      new RequestBytes(
          new Target("t:80", new Target.Address.Tcp("gpu-1", 8000, false), "/v1", "big", "secret"),
          new OpenAiTargets());

  private final Passed passed = new Passed("req_0123456789abcdefghjkmnpq", Trace.NONE, false, Room.ENDLESS, "");

  /** The client's body with another model's name and usage asked for, behind a head. */
  @Benchmark
  public int request() {
    ByteBuf out =
        requests.of(
            request,
            requests.body(request, passed, Form.STREAM),
            passed,
            Form.STREAM,
            PooledByteBufAllocator.DEFAULT);
    int length = out.readableBytes();
    out.release();
    return length;
  }
}
