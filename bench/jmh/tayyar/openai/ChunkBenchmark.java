package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tayyar.api.ApiError;
import tayyar.api.FinishReason;
import tayyar.api.Part;
import tayyar.api.Sink;
import tayyar.api.Usage;

/** An upstream's chunk to its text: by comparison with the last one, and by reading the JSON. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ChunkBenchmark {
  private static final String CHUNK =
      "{\"id\":\"chatcmpl-sim1\",\"object\":\"chat.completion.chunk\",\"created\":1767225600,"
          + "\"model\":\"sim\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},"
          + "\"finish_reason\":null}]}";

  private static final String BEGIN =
      "{\"id\":\"chatcmpl-sim1\",\"object\":\"chat.completion.chunk\",\"created\":1767225600,"
          + "\"model\":\"sim\",\"choices\":[";

  private final byte[][] answer = {
    (BEGIN + "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}")
        .getBytes(UTF_8),
    CHUNK.formatted("river ").getBytes(UTF_8),
    (BEGIN + "{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}").getBytes(UTF_8),
    (BEGIN + "],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":1,\"total_tokens\":8}}")
        .getBytes(UTF_8)
  };

  private final Counted sink = new Counted();
  private final ChunkReader reader = new ChunkReader(sink, true);
  private final byte[] plain = CHUNK.formatted("river ").getBytes(UTF_8);
  private final byte[] arabic = CHUNK.formatted("النهر ").getBytes(UTF_8);
  private final byte[] escaped = CHUNK.formatted("\\n\\n").getBytes(UTF_8);

  /** A plain word in the form of the chunk before: {@link UsualChunk}. */
  @Benchmark
  public @Nullable ApiError usual() {
    return reader.read(plain, 0, plain.length);
  }

  /** The same in Arabic, whose bytes are checked one by one. */
  @Benchmark
  public @Nullable ApiError usualArabic() {
    return reader.read(arabic, 0, arabic.length);
  }

  /** A whole short answer by a reader of its own: role, text, end and usage. */
  @Benchmark
  public @Nullable ApiError shortAnswer() {
    var fresh = new ChunkReader(sink, true);
    for (byte[] chunk : answer) {
      fresh.read(chunk, 0, chunk.length);
    }
    return null;
  }

  /** A text with an escape, which has to be parsed. */
  @Benchmark
  public @Nullable ApiError parsed() {
    return reader.read(escaped, 0, escaped.length);
  }

  private static final class Counted implements Sink {
    private int bytes;

    @Override
    public void delta(int choice, Kind kind, byte[] json, int from, int to) {
      bytes += to - from;
    }

    @Override
    public void part(int choice, Part part) {}

    @Override
    public void flush() {}

    @Override
    public void finish(int choice, FinishReason reason) {}

    @Override
    public void usage(Usage usage) {}

    @Override
    public void done() {}

    @Override
    public void failed(ApiError error) {}
  }
}
