package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tayyar.api.InferenceRequest;

/** A request's body, read and checked. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BodyBenchmark {
  private static final String BODY =
      "{\"model\":\"sim\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
          + "\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}";

  private final byte[] shortBody = BODY.formatted("Say hello.").getBytes(UTF_8);
  private final byte[] longBody = BODY.formatted("word ".repeat(20_000)).getBytes(UTF_8);

  /** Some hundred bytes. */
  @Benchmark
  public InferenceRequest shortBody() {
    return ChatBody.chat(shortBody, 4096);
  }

  /** A prompt of 100 KB. */
  @Benchmark
  public InferenceRequest longBody() {
    return ChatBody.chat(longBody, 4096);
  }
}
