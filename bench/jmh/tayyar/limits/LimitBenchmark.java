package tayyar.limits;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tayyar.api.Key;

/** May it, now: a request let in and its permit given back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LimitBenchmark {
  private final Limiter limiter = new Limiter(System::nanoTime, 10_000, new Budget(1L << 40, () -> 0));
  private final Key key = new Key("k", "", "sk-...", Integer.MAX_VALUE, false);

  @Benchmark
  public Admission admitted() {
    Admission admission = limiter.admit(key);
    if (admission instanceof Admission.Granted granted) {
      granted.permit().close();
    }
    return admission;
  }
}
