package tayyar.limits;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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

  /** Counts with others, and finds what it needs leased. */
  private final Limiter shared =
      new Limiter(System::nanoTime, 10_000, new Budget(1L << 40, () -> 0), new Plenty(), WhenAway.OPEN);

  @Benchmark
  public Admission admitted() {
    return admitted(limiter, key);
  }

  @Benchmark
  public Admission admittedTogether() {
    return admitted(shared, key);
  }

  private static Admission admitted(Limiter limiter, Key key) {
    Admission admission = limiter.admit(key);
    if (admission instanceof Admission.Granted granted) {
      granted.permit().close();
    }
    return admission;
  }

  /** Gives so much at once that nobody asks again. */
  private static final class Plenty implements Shares {
    private final Contact contact = new Contact("plenty");

    @Override
    public void start(Runnable tick) {}

    @Override
    public Contact contact() {
      return contact;
    }

    @Override
    public boolean isAway() {
      return false;
    }

    @Override
    public void ask(Ask ask, Consumer<@Nullable Answer> then) {
      var units = ask.wishes().stream().map(wish -> (Answer.Outcome) new Answer.Granted(units(wish))).toList();
      then.accept(new Answer(1, units, ask.counters().stream().map(_ -> 0L).toList()));
    }

    private static List<Long> units(Ask.Wish wish) {
      return wish.parts().stream().map(_ -> 1L << 60).toList();
    }

    @Override
    public void late() {}

    @Override
    public void close() {}
  }
}
