package tayyar.telemetry;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tayyar.api.Ended;
import tayyar.api.Endpoint;
import tayyar.api.Outcome;
import tayyar.api.Trace;
import tayyar.api.Tried;
import tayyar.api.Usage;

/** What is told of a request that is over. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EndedBenchmark {
  private final Telemetry telemetry = new Telemetry();
  private final JsonLine json = new JsonLine();
  private final Ended ended =
      new Ended(
          "req_0123456789abcdefghjkmnpq",
          "key_1",
          "sk-...f3c7",
          "m",
          "gpu-1:8000",
          1,
          true,
          new Outcome.Completed(),
          200,
          new Usage(7, 20, 3, false),
          new Ended.Timing(1_767_225_600_000L, 15_500, 250_250, 8_100, 12_900),
          new Ended.Course(
              Endpoint.CHAT,
              "openai",
              "stop",
              300,
              4_000,
              50,
              List.of(new Tried("gpu-1:8000", "m", "", 120, 15_400, 250_100, "completed", "", "")),
              Trace.NONE));

  /** All its meters. */
  @Benchmark
  public void counted() {
    telemetry.ended(ended);
  }

  /** Its line in the log. */
  @Benchmark
  public int line() {
    json.clear();
    json.begin();
    RequestFields.give(ended, json);
    json.end();
    return json.size();
  }
}
