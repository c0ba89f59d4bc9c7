package tayyar.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tayyar.api.FinishReason;
import tayyar.api.Room;
import tayyar.api.Sink.Kind;
import tayyar.api.Usage;
import tayyar.dialect.Answer;
import tayyar.dialect.CollectedAnswer;
import tayyar.dialect.NoReply;
import tayyar.dialect.StreamedAnswer;

/** A short answer in both forms, and what is measured of a token. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AnswerBenchmark {
  private static final byte[] WORD = "river ".getBytes(UTF_8);
  private static final Usage USAGE = new Usage(7, 1, 0, false);

  private final NoReply reply = new NoReply();

  @Benchmark
  public @Nullable Future<Void> whole() {
    return answer(new CollectedAnswer(reply, new ChatDocument("chatcmpl-1", 1767225600, true), "sim", 1 << 20, Room.ENDLESS));
  }

  @Benchmark
  public @Nullable Future<Void> streamed() {
    var chunks = new Chunks("chatcmpl-1", 1767225600, "sim", false, false, true);
    return answer(new StreamedAnswer(reply, chunks, 1 << 16, Room.ENDLESS));
  }

  private static @Nullable Future<Void> answer(Answer answer) {
    answer.delta(0, Kind.CONTENT, WORD, 0, WORD.length);
    answer.finish(0, FinishReason.STOP);
    return answer.complete(USAGE);
  }
}
